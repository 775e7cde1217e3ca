/** The interpreter's memory: real bytes, and for each whether it was ever written. */
import type { Buffer, Kernel } from "../loop/ir.ts";
import type { ConstantData, Program } from "../loop/program.ts";
import { elementBytes } from "../loop/type-of.ts";
import { buffersIn } from "../loop/walk.ts";

export type Elements = ConstantData["data"];

/** A buffer as the interpreter sees it. */
export interface Memory {
  readonly buffer: Buffer;
  readonly data: Elements;
  /**
   * Not 0 where an element has been written: a view of one flag a byte, so that buffers of other types over the same bytes agree.
   * An element is defined when all its bytes are. Constants have none: they are always defined.
   */
  readonly defined: Int8Array | Int16Array | Int32Array | undefined;
}

/** All bytes of an element written. */
export const allDefined = { 1: 0x01, 2: 0x0101, 4: 0x01010101 } as const;

const views = { i8: Int8Array, u8: Uint8Array, i16: Int16Array, i32: Int32Array, f32: Float32Array } as const;
const flags = { 1: Int8Array, 2: Int16Array, 4: Int32Array } as const;

/** A place for every buffer of a program, by name. `clear` makes the arena undefined again. */
export function memoryOf(program: Program): { buffers: ReadonlyMap<string, Memory>; clear: () => void } {
  const arena = new ArrayBuffer(roundedUp(program.arenaBytes));
  const written = new ArrayBuffer(roundedUp(program.arenaBytes));
  const constants = new Map(program.constants.map(({ buffer, data }) => [buffer.name, data]));
  const buffers = new Map<string, Memory>();
  const outputs: Int8Array[] = [];
  const place = (buffer: Buffer): Memory => {
    const bytes = elementBytes[buffer.type];
    switch (buffer.space) {
      case "arena": {
        const offset = program.offsets.get(buffer.name)!;
        const data = new views[buffer.type](arena, offset, buffer.length);
        return { buffer, data, defined: new flags[bytes](written, offset, buffer.length) };
      }
      case "constant":
        return { buffer, data: constants.get(buffer.name)!, defined: undefined };
      case "input":
        return { buffer, data: new views[buffer.type](buffer.length), defined: undefined };
      case "output": {
        const defined = new flags[bytes](buffer.length);
        outputs.push(new Int8Array(defined.buffer));
        return { buffer, data: new views[buffer.type](buffer.length), defined };
      }
    }
  };
  for (const buffer of program.kernels.flatMap((kernel: Kernel) => buffersIn(kernel.body))) {
    if (!buffers.has(buffer.name)) buffers.set(buffer.name, place(buffer));
  }
  const clear = (): void => {
    new Int8Array(written).fill(0);
    for (const output of outputs) output.fill(0);
  };
  return { buffers, clear };
}

const roundedUp = (bytes: number): number => Math.ceil(bytes / 4) * 4;
