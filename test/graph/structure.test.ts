import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { graphOf } from "../../src/graph/build.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { AxisName, Graph, Node, Shape } from "../../src/graph/graph.ts";
import { rowSteps } from "../../src/graph/rows.ts";
import { elements } from "../../src/graph/elements.ts";
import { net } from "../support/networks.ts";
import { packageRoot } from "../support/package-root.ts";

type Sizes = readonly [number, number, number];

/** One move as `scripts/make-graph-vectors.py` writes it, in PyTorch's words; inputs count up from 0 in CHW order. */
interface Case {
  readonly kind: "concat" | "slice" | "transpose" | "reshape";
  readonly in: readonly Sizes[];
  readonly out: Sizes;
  readonly y: readonly number[];
  readonly dim: 1 | 2 | 3;
  readonly start: number;
  readonly length: number;
  readonly dims: readonly (1 | 2 | 3)[];
  readonly sizes: Sizes;
}

const axes = { 1: "c", 2: "h", 3: "w" } as const satisfies Record<number, AxisName>;
const shapeOf = ([c, h, w]: Sizes): Shape => ({ h, w, c });

function nodeOf(one: Case): Node {
  const inputs = one.in.map((_, i) => `x${i}`);
  const base = { name: one.kind, inputs, output: "y" };
  switch (one.kind) {
    case "concat":
      return { ...base, kind: "concat", axis: axes[one.dim] };
    case "slice": {
      const from = { h: 0, w: 0, c: 0, [axes[one.dim]]: one.start };
      return { ...base, kind: "slice", from, shape: shapeOf(one.out) };
    }
    case "transpose": {
      const [c, h, w] = one.dims.map((dim) => axes[dim]);
      return { ...base, kind: "transpose", order: [h!, w!, c!] };
    }
    case "reshape":
      return { ...base, kind: "reshape", shape: shapeOf(one.sizes) };
  }
}

/** Where in HWC the n-th value in CHW order is. */
const place = (n: number, { h, w, c }: Shape): number => (n % (h * w)) * c + Math.floor(n / (h * w));

function graphFor(one: Case): { graph: Graph; inputs: readonly Float32Array[] } {
  const shapes = one.in.map(shapeOf);
  let next = 0;
  const inputs = shapes.map((shape) => {
    const values = new Float32Array(elements(shape));
    values.forEach((_, n) => (values[place(n, shape)] = next++));
    return values;
  });
  const ports = new Map(shapes.map((shape, i) => [`x${i}`, shape]));
  return { graph: graphOf("one", ports, [nodeOf(one)], ["y"]), inputs };
}

const cases = readFileSync(join(packageRoot(), "test/graph/pytorch-structure.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);

test("every move puts every value where PyTorch does", () => {
  for (const [index, one] of cases.entries()) {
    const { graph, inputs } = graphFor(one);
    const { shape } = graph.tensors.get("y")!;
    assert.deepEqual(shape, shapeOf(one.out), `case ${index}, ${one.kind}`);
    const y = evaluate(graph, inputs).get("y")!;
    const chw = one.y.map((_, n) => y[place(n, shape)]);
    assert.deepEqual(chw, one.y, `case ${index}, ${one.kind}`);
  }
});

test("a row step reads every row its values come from, and no other", () => {
  for (const [index, one] of cases.entries()) {
    const { graph, inputs } = graphFor(one);
    const { shape } = graph.tensors.get("y")!;
    const y = evaluate(graph, inputs).get("y")!;
    rowSteps(graph, graph.nodes[0]!).forEach(({ reads, writes }) => {
      const row = y.subarray(writes.from * shape.w * shape.c, writes.to * shape.w * shape.c);
      const read = new Set(
        reads
          .flatMap(({ tensor, from, to }) => {
            const { w, c } = graph.tensors.get(tensor)!.shape;
            const values = inputs[graph.inputs.indexOf(tensor)]!;
            return Array.from({ length: to - from }, (_, i) => [
              ...values.subarray((from + i) * w * c, (from + i + 1) * w * c),
            ]);
          })
          .map((values) => values.join(" ")),
      );
      const lines = [...read].map((line) => new Set(line.split(" ").map(Number)));
      for (const value of row)
        assert.ok(
          lines.some((line) => line.has(value)),
          `case ${index}: row ${writes}`,
        );
      for (const line of lines)
        assert.ok(
          row.some((value) => line.has(value)),
          `case ${index}: row ${writes}`,
        );
    });
  }
});

test("moves that do not fit their input are refused by name", () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ["in 4x4x2 | as a | conv 3 2 | concat a", /^1\.concat: joins 2×2×2, 4×4×2 along c; all but that axis/],
    ["in 4x4x2 | slice c 1:3", /^0\.slice: takes c 1 to 3 of 4×4×2/],
    ["in 4x4x2 | transpose hwh", /^0\.transpose: orders axes as h, w, h/],
    ["in 4x4x2 | reshape 4x4x3", /^0\.reshape: makes 4×4×3 of 4×4×2, which has not as many values/],
  ];
  for (const [text, message] of refusals)
    assert.throws(() => net(text), { name: "CompileError", message }, text);
});
