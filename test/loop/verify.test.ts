import { test } from "node:test";
import assert from "node:assert/strict";
import {
  add,
  assign,
  c,
  declare,
  f,
  forLoop,
  load,
  max,
  mod,
  mul,
  row,
  store,
  sub,
  v,
  widen,
  intrinsic,
} from "../../src/loop/build.ts";
import { checkKernel } from "../../src/loop/check.ts";
import type { Buffer, Kernel, Stmt } from "../../src/loop/ir.ts";
import type { Program } from "../../src/loop/program.ts";
import { rewriteKernel } from "../../src/loop/rewrite/apply.ts";
import { verifyAccesses, verifyProgram } from "../../src/loop/verify.ts";
import { conv, convProgram } from "../support/nests.ts";
import { namedSchedules } from "../support/schedules.ts";

const x: Buffer = { name: "x", type: "i8", length: 12, space: "arena" };
const w: Buffer = { name: "w", type: "i8", length: 12, space: "constant" };
const kernel = (...body: Stmt[]): Kernel => ({ name: "k", layer: "k", body });
const read = (index: Parameters<typeof load>[1]): Stmt => declare("y", load(x, index));

test("an access one element past its buffer is found, and said where", () => {
  const k = kernel(forLoop("i", 3, [forLoop("j", 4, [read(add(mul(v("i"), 4), v("j"), row))])]));
  verifyAccesses(k, [0]);
  assert.throws(() => verifyAccesses(k, [0, 1]), {
    message: "kernel k: x[i * 4 + j + row] reaches elements 1 to 12 of 12 where row = 1",
  });
});

test("counts that clip are followed exactly", () => {
  const clipped = (from: number): Kernel =>
    kernel(
      forLoop("ox", 12, [
        declare("kx0", max(0, sub(from, v("ox")))),
        forLoop("kx", sub(2, v("kx0")), [read(add(v("ox"), v("kx"), v("kx0"), -1))]),
      ]),
    );
  verifyAccesses(clipped(1), [0]);
  assert.throws(() => verifyAccesses(clipped(0), [0]), /reaches elements -1 to/);
});

test("remainders are followed exactly", () => {
  const ring = (rows: number): Kernel => kernel(forLoop("i", 4, [read(mul(mod(add(row, v("i")), rows), 4))]));
  verifyAccesses(ring(3), [0, 1, 2, 3]);
  assert.throws(() => verifyAccesses(ring(4), [0]), /reaches elements 12 to 12 of 12/);
});

test("loops that do not turn touch nothing", () => {
  verifyAccesses(kernel(forLoop("i", sub(row, 2), [read(99)])), [0, 1, 2]);
});

test("all lanes of a widened load are checked", () => {
  const wide = (index: number): Kernel => kernel(declare("y", widen(x, index, 8)));
  verifyAccesses(wide(4), [0]);
  assert.throws(() => verifyAccesses(wide(5), [0]), /reaches elements 5 to 12 of 12/);
});

test("an off-by-one put into any schedule of a convolution is found", () => {
  const { program } = convProgram(conv);
  for (const rewrites of Object.values(namedSchedules)) {
    const kernels = program.kernels.map((k) => rewriteKernel(k, rewrites));
    verifyProgram({ ...program, kernels });
    const shorter = (b: Buffer): Buffer => (b.name === "x" ? { ...b, length: b.length - 1 } : b);
    assert.throws(() => verifyAccesses(withBuffers(kernels[1]!, shorter), [0, 1, 2, 3]), /kernel nest: x\[/);
  }
});

function withBuffers(k: Kernel, change: (b: Buffer) => Buffer): Kernel {
  const swap = (key: string, value: unknown): unknown => (key === "buffer" ? change(value as Buffer) : value);
  return JSON.parse(JSON.stringify(k, swap)) as Kernel;
}

const broken: readonly [what: string, kernel: Kernel, message: RegExp][] = [
  ["a name used before it is declared", kernel(assign("a", c(1))), /a is assigned before it is declared/],
  [
    "a name used after its block",
    kernel(forLoop("i", 2, [declare("a", c(1))]), read(v("a"))),
    /a is used before/,
  ],
  ["a name declared twice", kernel(declare("a", c(1)), declare("a", c(2))), /a is declared twice/],
  ["a float index", kernel(read(f(1))), /the index into x is f32, not i32/],
  ["an assigned index", kernel(forLoop("i", 2, [assign("i", c(0))])), /i is an index/],
  ["a count from memory", kernel(forLoop("i", load(x, 0), [read(0)])), /follows from memory/],
  ["a store to a constant", kernel(store(w, 0, 1)), /its space is constant/],
  ["mixed types", kernel(declare("a", add(f(1), c(1)))), /the right side of \+ is i32, not f32/],
  [
    "lanes of two widths",
    kernel(declare("a", intrinsic("dot", widen(x, 0, 2), widen(w, 0, 8)))),
    /dot\(i16x2, i16x8\)/,
  ],
];

for (const [what, k, message] of broken) {
  test(`refused: ${what}`, () => assert.throws(() => checkKernel(k), message));
}

const layouts: readonly [what: string, change: (p: Program) => Program, message: RegExp][] = [
  ["a buffer without a place", (p) => ({ ...p, offsets: new Map() }), /buffer x: has no place/],
  [
    "a buffer that leaves the arena",
    (p) => ({ ...p, arenaBytes: p.arenaBytes - 1 }),
    /buffer y: bytes .* leave the arena/,
  ],
  ["a constant without data", (p) => ({ ...p, constants: [] }), /is a constant without data/],
  ["a call of nothing", (p) => ({ ...p, calls: [{ kernel: 9, row: 0 }] }), /call of kernel 9/],
];

for (const [what, change, message] of layouts) {
  test(`refused: ${what}`, () =>
    assert.throws(() => verifyProgram(change(convProgram(conv).program)), message));
}
