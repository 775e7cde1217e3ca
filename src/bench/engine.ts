/**
 * What every way of running a network looks like to the bench: AssemblyScript or C as Wasm, or a foreign engine.
 *
 * Frames, rows and results are the raw little-endian bytes of the program's ports, HWC; several inputs or outputs lie
 * one after another in the program's order.
 */
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

/** The raw bytes of a typed array, uncopied. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
