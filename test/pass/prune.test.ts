/** Pruning: which weights go, and that those that stay make up for them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { prune } from "../../src/pass/prune.ts";
import { solvePositive } from "../../src/pass/solve.ts";
import { defaults, quantizeModel } from "../../src/pass/quantize-model.ts";
import { frames } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

const numbers = random(7);

test("a positive definite system is solved", () => {
  // A = Lᵀ L with L random, b = A x for a known x.
  const n = 12;
  const l = Float64Array.from({ length: n * n }, () => numbers.normal());
  const a = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return Array.from({ length: n }, (_, k) => l[k * n + i]! * l[k * n + j]!).reduce((x, y) => x + y, 0);
  });
  const x = Float64Array.from({ length: n }, (_, i) => i - 5);
  const b = x.map((_, i) => x.reduce((sum, xj, j) => sum + a[i * n + j]! * xj, 0));
  solvePositive(a, b).forEach((found, i) =>
    assert.ok(Math.abs(found - x[i]!) < 1e-6, `${found} for ${x[i]}`),
  );
});

/** Inputs that vary together, as those of trained networks do: 30 numbers made of 6. */
const text = "in 1x1x6 | linear 30 | relu | linear 8";
const samplesOf = (graph: Graph, count: number) =>
  Array.from({ length: count }, () => frames(graph, numbers));

function weightsOf(graph: Graph, layer: number): Float32Array {
  const node = graph.nodes.filter(({ kind }) => kind === "linear")[layer]!;
  assert.ok(node.kind === "linear");
  return node.weight.data as Float32Array;
}

test("every output loses the same share of its weights, and keeps at least one", () => {
  const graph = net(text, { seed: 4 });
  for (const [share, left] of [
    [0, 30],
    [0.5, 15],
    [0.9, 3],
    [0.999, 1],
  ] as const) {
    const weights = weightsOf(prune(graph, samplesOf(graph, 20), share), 1);
    for (let o = 0; o < 8; o++)
      assert.equal(weights.subarray(o * 30, (o + 1) * 30).filter((w) => w !== 0).length, left);
  }
});

test("what is left is nearer to the whole than magnitude alone leaves it: 10 networks, on other samples", () => {
  let better = 0;
  for (let seed = 0; seed < 10; seed++) {
    const graph = net(text, { seed });
    const found = prune(graph, samplesOf(graph, 64), 0.6);
    const tests = samplesOf(graph, 32);
    if (errorOf(found, graph, tests) < errorOf(byMagnitude(graph, 0.6), graph, tests)) better++;
  }
  assert.ok(better >= 9, `${better} of 10`);
});

function byMagnitude(graph: Graph, share: number): Graph {
  const nodes = graph.nodes.map((node) => {
    if (node.kind !== "linear") return node;
    const data = Float32Array.from(node.weight.data);
    const n = data.length / node.bias.data.length;
    for (let from = 0; from < data.length; from += n) {
      const own = data.subarray(from, from + n);
      const order = Array.from(own, (_, i) => i).sort((a, b) => Math.abs(own[a]!) - Math.abs(own[b]!));
      for (const i of order.slice(0, Math.round(n * share))) own[i] = 0;
    }
    return { ...node, weight: { ...node.weight, data } };
  });
  return { ...graph, nodes };
}

function errorOf(graph: Graph, whole: Graph, samples: ReturnType<typeof samplesOf>): number {
  const output = (of: Graph, sample: (typeof samples)[number]) => evaluate(of, sample).get(of.outputs[0]!)!;
  return samples.reduce((sum, sample) => {
    const real = output(whole, sample);
    const found = output(graph, sample);
    return sum + Array.from(found, (y, i) => (y - real[i]!) ** 2).reduce((total, error) => total + error, 0);
  }, 0);
}

test("options that contradict each other, or name no layer, are refused", () => {
  const graph = net(text, { seed: 4 });
  const samples = samplesOf(graph, 4);
  const [, , last] = graph.nodes;
  const name = last!.name;
  assert.throws(
    () => quantizeModel(graph, samples, { ...defaults, pruned: 0.5, weights: new Map([[name, 1]]) }),
    /weights of 1 bit are never 0, which --prune makes them/,
  );
  assert.throws(
    () => quantizeModel(graph, samples, { ...defaults, weights: new Map([["fc9", 4]]) }),
    /no convolution or linear layer is called fc9; there are /,
  );
});
