import { test } from "node:test";
import assert from "node:assert/strict";
import { createInterpreter } from "../../src/backend/interpret.ts";
import { add, copy, declare, forLoop, load, row, store, v } from "../../src/loop/build.ts";
import type { Buffer, Stmt } from "../../src/loop/ir.ts";
import type { Program } from "../../src/loop/program.ts";
import { conv, convProgram } from "../support/nests.ts";

const pushed: Buffer = { name: "in", type: "i8", length: 2, space: "input" };
const x: Buffer = { name: "x", type: "i8", length: 4, space: "arena" };
const out: Buffer = { name: "out", type: "i8", length: 4, space: "output" };

/** Two rows of two bytes go into x; then `body` runs once. */
function program(body: readonly Stmt[]): Program {
  const shape = { h: 2, w: 2, c: 1 };
  const port = { name: "p", shape, type: "i8", rows: 2, rowLength: 2 } as const;
  return {
    name: "p",
    kernels: [
      { name: "input", layer: "in", body: [copy(x, add(row, row), pushed, 0, 2)] },
      { name: "work", layer: "work", body },
    ],
    calls: [0, 1].map((r) => ({ kernel: 0, row: r })).concat({ kernel: 1, row: 0 }),
    inputKernels: [0],
    inputs: [port],
    outputs: [port],
    constants: [],
    arenaBytes: 8,
    arenaAlignment: 1,
    offsets: new Map([
      ["x", 0],
      ["hole", 4],
      ["same", 0],
    ]),
  };
}

const frame = Int8Array.of(1, 2, -3, 127);

test("rows pushed one by one and a whole frame give the same bytes", () => {
  const nest = convProgram(conv);
  const whole = createInterpreter(nest.program).run([nest.frame]);
  const rows = createInterpreter(nest.program);
  rows.begin();
  for (let want = rows.next(), n = 0; want; want = rows.next(), n++) {
    assert.deepEqual(want, { input: 0, row: n });
    rows.pushRow(nest.frame.subarray(24 * n, 24 * n + 24));
  }
  assert.deepEqual(rows.outputs(), whole);
});

test("stores keep the low bits and loads extend the sign", () => {
  const body = [forLoop("i", 4, [store(out, v("i"), add(load(x, v("i")), load(x, v("i"))))])];
  assert.deepEqual(createInterpreter(program(body)).run([frame]), [Int8Array.of(2, 4, -6, -2)]);
});

test("a byte nobody wrote cannot be read", () => {
  const hole: Buffer = { name: "hole", type: "i8", length: 4, space: "arena" };
  const engine = createInterpreter(program([declare("y", load(hole, 1)), copy(out, 0, x, 0, 4)]));
  assert.throws(() => engine.run([frame]), /kernel work: reads hole\[1\], which was never written/);
});

test("a word is defined when all four of its bytes are, whatever buffer wrote them", () => {
  const same: Buffer = { name: "same", type: "i32", length: 1, space: "arena" };
  const aligned = {
    ...program([store(out, 0, load(same, 0)), store(out, 1, 0), copy(out, 2, x, 0, 2)]),
    arenaAlignment: 4,
  };
  assert.deepEqual(createInterpreter(aligned).run([frame]), [Int8Array.of(1, 0, 1, 2)]);
  const early = {
    ...aligned,
    calls: [
      { kernel: 0, row: 0 },
      { kernel: 1, row: 0 },
    ],
  };
  assert.throws(() => createInterpreter(early).run([frame]), /same\[0\], which was never written/);
});

test("a result that is not written whole is no result", () => {
  assert.throws(
    () => createInterpreter(program([store(out, 0, 1)])).run([frame]),
    /reads out\[1\], which was never/,
  );
});

test("an access outside its buffer is caught", () => {
  assert.throws(
    () => createInterpreter(program([declare("y", load(x, 4))])).run([frame]),
    /reads x\[4\] of 4/,
  );
  assert.throws(() => createInterpreter(program([store(x, -1, 0)])).run([frame]), /writes x\[-1\] of 4/);
});

test("a second inference does not see the first", () => {
  const engine = createInterpreter(program([copy(out, 0, x, 0, 4)]));
  engine.run([frame]);
  engine.begin();
  assert.throws(() => engine.outputs(), /never written/);
});
