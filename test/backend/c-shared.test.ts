import assert from "node:assert/strict";
import { test } from "node:test";
import { printC } from "../../src/backend/c.ts";
import { shareKernels } from "../../src/backend/c-shared.ts";
import { add, forLoop, load, mul, row, store, v } from "../../src/loop/build.ts";
import type { Buffer, Kernel } from "../../src/loop/ir.ts";
import { programOf, subject } from "../support/engines.ts";
import { random } from "../support/random.ts";

const buffer = (name: string, type: Buffer["type"] = "i8"): Buffer => ({
  name,
  type,
  length: 64,
  space: "arena",
});

function copying(name: string, from: Buffer, to: Buffer, step: number, turns = 4): Kernel {
  const index = add(mul(row, step), v("i"));
  return { name, layer: name, body: [forLoop("i", turns, [store(to, index, load(from, index))])] };
}

test("kernels that differ in buffers and a few numbers share one function", () => {
  const [a, b, c] = [buffer("a"), buffer("b"), buffer("c")];
  const { served, functions } = shareKernels([copying("k0", a, b, 4), copying("k1", b, c, 6)]);
  assert.deepEqual([...functions.keys()], [0]);
  assert.deepEqual(served.get(1)?.numbers, [6]);
  assert.deepEqual(
    served.get(1)?.buffers.map(({ name }) => name),
    served.get(0)?.buffers.map(({ name }) => ({ a: "b", b: "c" })[name]),
  );
});

test("kernels of other counts share one function where that is smaller than two", () => {
  const [a, b] = [buffer("a"), buffer("b")];
  const times = (kernel: Kernel, several: number): Kernel => ({
    ...kernel,
    body: Array.from({ length: several }, () => kernel.body).flat(),
  });
  const [four, five] = [copying("k0", a, b, 4), copying("k1", a, b, 4, 5)];
  assert.deepEqual(shareKernels([times(four, 3), times(five, 3)]).served.get(1)?.numbers, [5]);
  const tiny = (count: number): Kernel => ({ ...four, body: [forLoop("i", count, [store(b, v("i"), 0)])] });
  assert.equal(shareKernels([tiny(4), tiny(5)]).functions.size, 0);
});

test("kernels of other element types, or with one buffer where another has two stay apart", () => {
  const [a, b, wide] = [buffer("a"), buffer("b"), buffer("wide", "i16")];
  const alike = copying("k0", a, b, 4);
  for (const other of [
    copying("k1", a, wide, 4),
    copying("k1", a, a, 4),
    { ...alike, body: [...alike.body, ...copying("k1", b, a, 4).body] },
  ])
    assert.equal(shareKernels([alike, other]).functions.size, 0);
});

test("layers of one shape are one function in the C engine, called with their own weights", () => {
  const { graph } = subject("in 8x8x4 | conv 3x3 4 p1 | conv 3x3 4 p1 | conv 3x3 4 p1", "int8", random(1));
  const program = programOf(graph, { schedule: "blocked", strategy: "naive", frame: "resident" })!;
  const about = { toolVersion: "t", commandLine: "c", modelSha256: "s", plan: "p", schedule: "s" };
  const text = printC(program, about).files[`${program.name}.c`]!;
  const functions = text.match(/^static KERNEL void \w+conv2d\(/gm)!;
  assert.ok(functions.length < 3, `${functions.length} functions for three layers of one shape`);
  for (const { buffer } of program.constants)
    assert.ok(text.includes(`${program.name}_${buffer.name}`), `${buffer.name} is not passed`);
});
