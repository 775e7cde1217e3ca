import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { validateGraph } from "../../src/graph/validate.ts";
import { net, randomChain } from "../support/networks.ts";
import { random } from "../support/random.ts";

test("what the notation and the random chains make is valid", () => {
  for (let seed = 0; seed < 200; seed++) {
    validateGraph(net(randomChain(random(seed), { exotic: seed % 2 === 0 }), { seed }));
  }
});

test("a weight that is not a number is refused, with its place", () => {
  const graph = withNode(net("in 4x4x1 | conv 3 2"), 0, (node) => {
    if (node.kind === "conv2d") (node.weight.data as Float32Array)[5] = NaN;
    return node;
  });
  assert.deepEqual(problemsOf(graph), ["0.conv2d: its weight is NaN at index 5; train or export it again"]);
});

test("all problems come at once", () => {
  const graph = net("in 4x4x1 | relu | conv 3 2 | bn");
  const renamed = {
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, name: "same" })),
    outputs: ["nothing"],
  };
  assert.deepEqual(problemsOf(renamed), [
    "same: two nodes have this name; rename one",
    "same: two nodes have this name; rename one",
    "output nothing: nothing computes it; name a tensor of the network",
  ]);
});

test("a node that reads what comes later is refused", () => {
  const graph = net("in 4x4x1 | relu | bn");
  assert.deepEqual(problemsOf({ ...graph, nodes: graph.nodes.toReversed() }), [
    "1.batchNorm: reads 0.clamp, which nothing before it writes",
  ]);
});

test("weights for other channels, and fewer weights than the shape says, are refused", () => {
  const other = withNode(net("in 4x4x3 | bn"), 0, (node) =>
    node.kind === "batchNorm" ? { ...node, weight: new Float32Array(2) } : node,
  );
  assert.deepEqual(problemsOf(other), [
    "0.batchNorm: its weights are for 2 channels, but its input has 3; check --input",
  ]);
  const fewer = withNode(net("in 4x4x3 | linear 2"), 0, (node) =>
    node.kind === "linear" ? { ...node, bias: { shape: [2], data: new Float32Array(1) } } : node,
  );
  assert.deepEqual(problemsOf(fewer), ["0.linear: its bias has 1 values instead of 2"]);
});

test("a pool whose window lies in the padding alone is refused", () => {
  assert.deepEqual(problemsOf(net("in 4x4x1 | maxpool 2 s2 p2")), [
    "0.maxPool2d: a pooling window lies wholly in the padding; pad by at most half the kernel",
  ]);
});

function withNode(graph: Graph, index: number, change: (node: Node) => Node): Graph {
  return { ...graph, nodes: graph.nodes.map((node, i) => (i === index ? change(node) : node)) };
}

function problemsOf(graph: Graph): readonly string[] {
  try {
    validateGraph(graph);
  } catch (error) {
    return (error as { problems: readonly string[] }).problems;
  }
  return [];
}
