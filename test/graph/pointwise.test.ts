import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { graphOf } from "../../src/graph/build.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { ActivationFunction, Node, Shape } from "../../src/graph/graph.ts";
import { rowSteps } from "../../src/graph/rows.ts";
import { exp, log, tanh } from "../../src/graph/transcendental.ts";
import { net } from "../support/networks.ts";
import { packageRoot } from "../support/package-root.ts";

/** One layer as `scripts/make-graph-vectors.py` writes it: shapes (H, W, C), values in that order. */
interface Case {
  readonly kind: "activation" | "softmax" | "add" | "sub" | "mul";
  readonly shapes: readonly (readonly [number, number, number])[];
  readonly operands: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly fn: ActivationFunction;
  readonly parameter: readonly number[];
  readonly log: boolean;
}

const cases = readFileSync(join(packageRoot(), "test/graph/pytorch-pointwise.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);

/** What has no rounding that PyTorch does not have too. */
const exact: readonly string[] = ["leakyRelu", "prelu", "hardswish", "hardsigmoid", "add", "sub", "mul"];

for (const one of cases) {
  const what = one.kind === "activation" ? one.fn : one.kind;
  const shapes = one.shapes.map((shape) => shape.join("×")).join(" and ");
  test(`${one.log ? "log " : ""}${what} means what PyTorch's does: ${shapes}`, () => {
    const inputs = new Map(one.shapes.map(([h, w, c], i): [string, Shape] => [`x${i}`, { h, w, c }]));
    const graph = graphOf("one", inputs, [nodeOf(one, [...inputs.keys()])], ["y"]);
    const y = evaluate(
      graph,
      one.operands.map((values) => Float32Array.from(values)),
    ).get("y")!;
    assert.equal(y.length, one.y.length);
    const bound = exact.includes(what) ? 0 : 1e-6;
    y.forEach((value, i) => {
      const wanted = Math.fround(one.y[i]!);
      const error = Math.abs(value - wanted);
      assert.ok(error <= bound * Math.abs(wanted) + bound * 1e-6, `element ${i}: ${value}, not ${wanted}`);
    });
  });
}

function nodeOf(one: Case, inputs: readonly string[]): Node {
  const named = { name: "layer", inputs, output: "y" };
  switch (one.kind) {
    case "activation":
      return { ...named, kind: one.kind, fn: one.fn, parameter: Float32Array.from(one.parameter) };
    case "softmax":
      return { ...named, kind: one.kind, log: one.log };
    case "add":
    case "sub":
    case "mul":
      return { ...named, kind: one.kind };
  }
}

const functions = [
  { name: "exp", ours: exp, exact: Math.exp, from: -87, to: 88 },
  { name: "log", ours: log, exact: Math.log, from: 2 ** -20, to: 3 },
  { name: "log", ours: log, exact: Math.log, from: 3, to: 5000 },
  { name: "tanh", ours: tanh, exact: Math.tanh, from: -12, to: 12 },
  { name: "tanh", ours: tanh, exact: Math.tanh, from: -1e-6, to: 1e-6 },
];

for (const { name, ours, exact: wanted, from, to } of functions) {
  test(`${name} is within 5e-7 of the true value, relatively, from ${from} to ${to}`, () => {
    for (let i = 0; i <= 20_000; i++) {
      const x = Math.fround(from + ((to - from) * i) / 20_000);
      const error = Math.abs(ours(x) - wanted(x));
      assert.ok(error <= 5e-7 * Math.abs(wanted(x)), `${name}(${x}) is ${ours(x)}`);
    }
  });
}

test("exp stays finite and positive whatever its argument, and log 1 is 0", () => {
  for (const x of [-1e38, -1000, 1000, 1e38]) assert.ok(exp(x) > 0 && exp(x) < Infinity);
  assert.equal(log(1), 0);
});

test("an operand repeated over space is one row for every step", () => {
  const graph = net("in 4x3x2 | as a | avgpool 4x3 | as b | from a | mul b");
  const steps = rowSteps(graph, graph.nodes[1]!);
  assert.deepEqual(steps[3], {
    reads: [
      { tensor: "input", from: 3, to: 4 },
      { tensor: "0.avgPool2d", from: 0, to: 1 },
    ],
    writes: { from: 3, to: 4 },
  });
});

test("only the second operand may be repeated", () => {
  assert.throws(() => net("in 4x3x2 | as a | avgpool 4x3 | sub a"), {
    message:
      "1.sub: combines tensors of 1×1×2 and 4×3×2; the second must have the first's shape, or be 1×1×C or 1×1×1",
  });
});
