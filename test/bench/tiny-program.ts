import { add, copy, forLoop, load, max, mul, row, store, v } from "../../src/loop/build.ts";
import type { Buffer } from "../../src/loop/ir.ts";
import type { Port, Program } from "../../src/loop/program.ts";

const x: Buffer = { name: "x", type: "i8", length: 12, space: "arena" }; // 3 rows of 4
const y: Buffer = { name: "y", type: "i8", length: 12, space: "arena" };
const w: Buffer = { name: "w", type: "i8", length: 4, space: "constant" };
const pushed: Buffer = { name: "x_in", type: "i8", length: 4, space: "input" };
const out: Buffer = { name: "y_out", type: "i8", length: 12, space: "output" };

const at = add(mul(row, 4), v("ic"));
const port: Port = { name: "x", shape: { h: 3, w: 1, c: 4 }, type: "i8", rows: 3, rowLength: 4 };

/** Every element at least its channel's weight: 12 byte loads of x and 12 of the weights. */
export const tinyProgram: Program = {
  name: "tiny",
  kernels: [
    { name: "x_input", layer: "x", body: [copy(x, mul(row, 4), pushed, 0, 4)] },
    { name: "y", layer: "y", body: [forLoop("ic", 4, [store(y, at, max(load(x, at), load(w, v("ic"))))])] },
    { name: "y_output", layer: "y", body: [copy(out, 0, y, 0, 12)] },
  ],
  calls: [0, 1, 2]
    .flatMap((r) => [
      { kernel: 0, row: r },
      { kernel: 1, row: r },
    ])
    .concat({ kernel: 2, row: 0 }),
  inputKernels: [0],
  inputs: [port],
  outputs: [{ ...port, name: "y" }],
  constants: [{ buffer: w, data: Int8Array.of(-1, 0, 1, -128) }],
  arenaBytes: 24,
  arenaAlignment: 1,
  offsets: new Map([
    ["x", 0],
    ["y", 12],
  ]),
};

export const tinyFrame = Uint8Array.from([-5, -5, -5, -5, 7, -7, 7, -7, 127, -128, 0, -128]);
export const tinyResult = Uint8Array.from([-1, 0, 1, -5, 7, 0, 7, -7, 127, 0, 1, -128]);
