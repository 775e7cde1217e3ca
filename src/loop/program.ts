import type { Buffer, Kernel } from "./ir.ts";

/** One call of a kernel. */
export interface Call {
  /** Index into `Program.kernels`. */
  readonly kernel: number;
  /** What the kernel's `row` is in this call: the number of its step. */
  readonly row: number;
}

/** A constant buffer and its elements (Int8Array for i8, Int32Array for i32, …). */
export interface ConstantData {
  readonly buffer: Buffer;
  readonly data: Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array;
}

/** What goes in or comes out of the engine: HWC, `rows` rows of `rowLength` elements. */
export interface Port {
  readonly name: string;
  readonly shape: { readonly h: number; readonly w: number; readonly c: number };
  readonly type: "i8" | "u8" | "f32";
  readonly rows: number;
  readonly rowLength: number;
  /** Of int8 engines: real = scale × (q − zeroPoint). */
  readonly scale?: number;
  readonly zeroPoint?: number;
}

/**
 * Everything a reader needs: kernels, the order in which they are called, and where the arena's buffers lie.
 *
 * `calls` holds, in order, every kernel call of one inference. A call of a kernel of `inputKernels` takes the next
 * row pushed, found in its `input` buffer; all other calls follow from it. The last calls copy each result from the arena
 * to its `output` buffer.
 */
export interface Program {
  /** C identifier, lower case; the prefix of everything printed. */
  readonly name: string;
  readonly kernels: readonly Kernel[];
  readonly calls: readonly Call[];
  /** Index of the kernel that takes a row of each input. */
  readonly inputKernels: readonly number[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly constants: readonly ConstantData[];
  readonly arenaBytes: number;
  /** Alignment the arena itself needs, in bytes: 4 for f32, or as the widest buffer asks. */
  readonly arenaAlignment: number;
  /** Byte offset in the arena of every buffer whose space is `arena`, by buffer name. */
  readonly offsets: ReadonlyMap<string, number>;
  /** In C, kernels that differ in the counts of their loops are one function: fewer bytes, more cycles. */
  readonly sharesCounts?: boolean;
}
