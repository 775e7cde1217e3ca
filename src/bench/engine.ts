/**
 * What every way of running a network looks like to the bench: AssemblyScript or C as Wasm, or a foreign engine.
 *
 * Frames, rows and results are the raw little-endian bytes of the program's ports, HWC; several inputs or outputs lie
 * one after another in the program's order.
 */
import type { Program } from "../loop/program.ts";

export interface Engine {
  readonly name: string;
  /** `load`, `invoke`, `result`. */
  readonly run: (frame: Uint8Array) => Uint8Array;
  /** Copies a frame to where the engine reads it. */
  readonly load: (frame: Uint8Array) => void;
  /** One inference of the frame loaded: the thing to time. */
  readonly invoke: () => void;
  /** A copy of the last result. */
  readonly result: () => Uint8Array;
  /** Starts an inference fed row by row. */
  readonly begin: () => void;
  /** Feeds the next row of one input (0 unless the network has several); after the last row `result` holds. */
  readonly pushRow: (row: Uint8Array, input?: number) => void;
}

/** Cuts a frame into the rows of its only input and feeds them; gives the result. */
export function pushFrame(engine: Engine, frame: Uint8Array, rowBytes: number): Uint8Array {
  engine.begin();
  for (let at = 0; at < frame.length; at += rowBytes) engine.pushRow(frame.subarray(at, at + rowBytes));
  return engine.result();
}

/** Feeds the rows of all inputs in the order in which `program` takes them; gives the result. */
export function pushInputs(
  engine: Engine,
  inputs: readonly ArrayBufferView[],
  { calls, inputKernels, inputs: ports }: Pick<Program, "calls" | "inputKernels" | "inputs">,
): Uint8Array {
  const frames = inputs.map(bytesOf);
  engine.begin();
  for (const { kernel, row } of calls) {
    const input = inputKernels.indexOf(kernel);
    if (input < 0) continue;
    const rowBytes = frames[input]!.length / ports[input]!.rows;
    engine.pushRow(frames[input]!.subarray(row * rowBytes, (row + 1) * rowBytes), input);
  }
  return engine.result();
}

/** The bytes of several arrays, one after another. */
export function joinedBytes(arrays: readonly ArrayBufferView[]): Uint8Array {
  const joined = new Uint8Array(arrays.reduce((bytes, array) => bytes + array.byteLength, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(bytesOf(array), at);
    at += array.byteLength;
  }
  return joined;
}

/** The raw bytes of a typed array, uncopied. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
