import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { graphOf, windowOf } from "../../src/graph/build.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Constant, Node, Pair, Window } from "../../src/graph/graph.ts";
import { net } from "../support/networks.ts";
import { packageRoot } from "../support/package-root.ts";
import { random } from "../support/random.ts";
import { frame, result } from "../support/frames.ts";

type Triple = readonly [number, number, number];

/** One layer as `scripts/make-graph-vectors.py` writes it: PyTorch's words, (C, H, W) and OIHW. */
interface Case {
  kind: "conv2d" | "maxPool2d" | "avgPool2d" | "batchNorm" | "linear";
  in: Triple;
  out: Triple | readonly [number];
  x: number[];
  y: number[];
  kernel: Pair;
  stride: Pair;
  padding: Pair;
  dilation: Pair;
  groups: number;
  ceil?: boolean;
  countIncludePad: boolean;
  weight: number[];
  bias: number[];
  mean: number[];
  variance: number[];
  eps: number;
}

const cases = readFileSync(join(packageRoot(), "test/graph/pytorch.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);

for (const [index, one] of cases.entries()) {
  const options = [one.kernel, one.stride, one.padding, one.ceil ? "ceil" : ""].join(" / ");
  test(`${one.kind} means what PyTorch's does: case ${index}, ${one.in.join("×")} ${options}`, () => {
    const [c, h, w] = one.in;
    const nodes = nodesOf(one);
    const graph = graphOf("one", new Map([["x", { h, w, c }]]), nodes, ["y"]);
    const { shape } = graph.tensors.get("y")!;
    const y = toChw(result(graph, toHwc(one.x, one.in)), [shape.c, shape.h, shape.w]);
    assert.deepEqual(one.out.length === 3 ? [shape.c, shape.h, shape.w] : [shape.c], one.out);
    const exact = one.kind !== "avgPool2d" && one.kind !== "batchNorm";
    y.forEach((value, i) => {
      assert.ok(Math.abs(value - one.y[i]!) <= (exact ? 0 : 1e-6), `element ${i}: ${value}, not ${one.y[i]}`);
    });
  });
}

test("a fused pool gives the maxima of the convolution's own results", () => {
  const apart = net("in 9x9x3 | conv 3x3 4 | maxpool 2 s3");
  const [conv, pool] = apart.nodes;
  assert.ok(conv?.kind === "conv2d" && pool?.kind === "maxPool2d");
  const fused = graphOf(
    "net",
    new Map([["input", { h: 9, w: 9, c: 3 }]]),
    [{ ...conv, pool: pool.window, output: pool.output }],
    apart.outputs,
  );
  const x = frame(apart, random(3));
  assert.deepEqual(result(fused, x), result(apart, x));
});

test("float sums start at the bias and round after every product and every sum", () => {
  const graph = net("in 1x1x3 | conv 1 1");
  const [conv] = graph.nodes;
  assert.ok(conv?.kind === "conv2d");
  const big = 2 ** 24;
  const node = {
    ...conv,
    weight: { shape: [1, 1, 1, 3], data: Float32Array.of(1, 1, -1) },
    bias: { shape: [1], data: Float32Array.of(1) },
  };
  const y = result({ ...graph, nodes: [node] }, Float32Array.of(big, 1, big));
  assert.equal(y[0], 0); // 1 + 2^24 is 2^24 in single precision, twice; any other order gives 1 or 2
});

test("an input of another size is refused with the size the network takes", () => {
  assert.throws(() => evaluate(net("in 4x4x2 | relu"), [new Float32Array(31)]), {
    name: "CompileError",
    message: "input input: has 31 values; the network takes 4×4×2",
  });
});

function nodesOf(one: Case): readonly Node[] {
  const named = { name: "layer", inputs: ["x"], output: "y" };
  const [channels] = one.out;
  switch (one.kind) {
    case "conv2d": {
      const perGroup = one.in[0] / one.groups;
      const weight = ohwi(one.weight, [channels, perGroup, ...one.kernel]);
      return [
        {
          ...named,
          kind: one.kind,
          window: windowFor(one),
          groups: one.groups,
          weight,
          bias: vector(one.bias),
        },
      ];
    }
    case "maxPool2d":
      return [{ ...named, kind: one.kind, window: windowFor(one) }];
    case "avgPool2d":
      return [{ ...named, kind: one.kind, window: windowFor(one), countIncludePad: one.countIncludePad }];
    case "batchNorm": {
      const { weight, bias, mean, variance } = one;
      const [w, b, m, v] = [weight, bias, mean, variance].map((values) => Float32Array.from(values));
      return [{ ...named, kind: one.kind, weight: w!, bias: b!, mean: m!, variance: v!, eps: one.eps }];
    }
    case "linear": {
      const weight = { shape: [channels, 1, 1, one.x.length], data: Float32Array.from(one.weight) };
      return [
        { kind: "flatten", name: "flatten", inputs: ["x"], output: "flat" },
        { ...named, kind: one.kind, inputs: ["flat"], weight, bias: vector(one.bias) },
      ];
    }
  }
}

/** A ceil_mode pool overhangs at the bottom and right by as much as its last window needs. */
function windowFor(one: Case): Window {
  const after = (axis: 0 | 1): number => {
    const size = one.in[axis + 1]!;
    const places = one.out[axis + 1]!;
    const reach = one.dilation[axis] * (one.kernel[axis] - 1) + 1;
    const overhang = (places - 1) * one.stride[axis] + reach - size - 2 * one.padding[axis];
    return one.padding[axis] + (one.ceil ? Math.max(0, overhang) : 0);
  };
  const [top, left] = one.padding;
  return windowOf(one.kernel, {
    stride: one.stride,
    dilation: one.dilation,
    padding: { top, bottom: after(0), left, right: after(1) },
  });
}

function vector(values: readonly number[]): Constant<Float32Array> {
  return { shape: [values.length], data: Float32Array.from(values) };
}

function ohwi(values: readonly number[], [o, i, h, w]: readonly number[]): Constant<Float32Array> {
  const data = new Float32Array(values.length);
  const size = i! * h! * w!;
  for (let oc = 0; oc < o!; oc++) {
    data.set(toHwc(values.slice(oc * size, (oc + 1) * size), [i!, h!, w!]), oc * size);
  }
  return { shape: [o!, h!, w!, i!], data };
}

function toHwc(values: ArrayLike<number>, [c, h, w]: Triple): Float32Array {
  return Float32Array.from(values, (_, at) => values[(at % c) * h * w + Math.floor(at / c)]!);
}

function toChw(values: ArrayLike<number>, [c, h, w]: Triple): Float32Array {
  return Float32Array.from(values, (_, at) => values[(at % (h * w)) * c + Math.floor(at / (h * w))]!);
}
