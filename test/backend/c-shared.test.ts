import assert from "node:assert/strict";
import { test } from "node:test";
import { printC } from "../../src/backend/c.ts";
import { shareKernels } from "../../src/backend/c-shared.ts";
import { add, declare, forLoop, load, mul, row, store, v } from "../../src/loop/build.ts";
import type { Buffer, Kernel } from "../../src/loop/ir.ts";
import type { Program } from "../../src/loop/program.ts";
import { programOf, subject } from "../support/engines.ts";
import { random } from "../support/random.ts";

const about = { toolVersion: "t", commandLine: "c", modelSha256: "s", plan: "p", schedule: "s" };

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
  const { served, functions } = shareKernels({ kernels: [copying("k0", a, b, 4), copying("k1", b, c, 6)] });
  assert.deepEqual([...functions.keys()], [0]);
  assert.deepEqual(served.get(1)?.numbers, [6]);
  assert.deepEqual(
    served.get(1)?.buffers.map(({ name }) => name),
    served.get(0)?.buffers.map(({ name }) => ({ a: "b", b: "c" })[name]),
  );
});

test("a number that became a parameter brings the helper it is multiplied by", () => {
  const [a, b] = [buffer("a"), buffer("b")];
  const scaled = (name: string, factor: number): Kernel => ({
    name,
    layer: name,
    body: Array.from({ length: 6 }, (_, i) => [
      declare(`x${i}`, load(a, i)),
      store(b, i, add(v(`x${i}`), mul(v(`x${i}`), factor))),
    ]).flat(),
  });
  const { graph } = subject("in 2x2x1 | maxpool 2", "int8", random(1));
  const plain = programOf(graph, { schedule: "plain", strategy: "naive", frame: "resident" })!;
  const program: Program = {
    ...plain,
    kernels: [...plain.kernels, scaled("k0", 3), scaled("k1", 5)],
    calls: [0, 1].map((i) => ({ kernel: plain.kernels.length + i, row: 0 })).concat(plain.calls),
    arenaBytes: 192,
    offsets: new Map([...plain.offsets, ["a", 64], ["b", 128]]),
  };
  const text = printC(program, about).files[`${program.name}.c`]!;
  assert.match(text, /mul_add_exact\(x0, x0, number_0\)/);
  assert.match(text, /static inline int32_t mul_add_exact\(/);
});

test("kernels of other counts share one function where the program asks for it and that is smaller than two", () => {
  const [a, b] = [buffer("a"), buffer("b")];
  const times = (kernel: Kernel, several: number): Kernel => ({
    ...kernel,
    body: Array.from({ length: several }, () => kernel.body).flat(),
  });
  const [four, five] = [copying("k0", a, b, 4), copying("k1", a, b, 4, 5)];
  const kernels = [times(four, 3), times(five, 3)];
  assert.deepEqual(shareKernels({ kernels, sharesCounts: true }).served.get(1)?.numbers, [5]);
  assert.equal(shareKernels({ kernels }).functions.size, 0);
  const tiny = (count: number): Kernel => ({ ...four, body: [forLoop("i", count, [store(b, v("i"), 0)])] });
  assert.equal(shareKernels({ kernels: [tiny(4), tiny(5)], sharesCounts: true }).functions.size, 0);
});

test("kernels of other element types, or with one buffer where another has two stay apart", () => {
  const [a, b, wide] = [buffer("a"), buffer("b"), buffer("wide", "i16")];
  const alike = copying("k0", a, b, 4);
  for (const other of [
    copying("k1", a, wide, 4),
    copying("k1", a, a, 4),
    { ...alike, body: [...alike.body, ...copying("k1", b, a, 4).body] },
  ])
    assert.equal(shareKernels({ kernels: [alike, other], sharesCounts: true }).functions.size, 0);
});

test("layers of one shape are one function in the C engine, called with their own weights", () => {
  const { graph } = subject("in 8x8x4 | conv 3x3 4 p1 | conv 3x3 4 p1 | conv 3x3 4 p1", "int8", random(1));
  const program = programOf(graph, { schedule: "blocked", strategy: "naive", frame: "resident" })!;
  const text = printC(program, about).files[`${program.name}.c`]!;
  const functions = text.match(/^static KERNEL void \w+conv2d\(/gm)!;
  assert.ok(functions.length < 3, `${functions.length} functions for three layers of one shape`);
  for (const { buffer } of program.constants)
    assert.ok(text.includes(`${program.name}_${buffer.name}`), `${buffer.name} is not passed`);
});
