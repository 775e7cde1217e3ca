import assert from "node:assert/strict";
import { test } from "node:test";
import { macs, parameterBytes, parameters } from "../../src/graph/count.ts";
import { describe } from "../../src/graph/describe.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { fusePool } from "../../src/pass/fuse-pool.ts";
import { optimize } from "../../src/pass/passes.ts";
import { int8 } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

const lenet =
  "in 32x32x1 | conv 5x5 6 | relu | maxpool 2 | conv 5x5 16 | relu | maxpool 2 | flatten" +
  " | linear 120 | relu | linear 84 | relu | linear 10";

const words = (graph: Graph): readonly string[] =>
  graph.nodes.map((node) => describe(node, graph.tensors.get(node.output)));

test("fused nodes read as the layers they came from, also in int8", () => {
  const fused = [
    "Conv2d 5×5 + ReLU + MaxPool2d 2×2",
    "Conv2d 5×5 + ReLU + MaxPool2d 2×2",
    "Linear + ReLU",
    "Linear + ReLU",
    "Linear",
  ];
  assert.deepEqual(words(optimize(net(lenet), { fusePool: true })), fused);
  assert.deepEqual(words(fusePool(int8(net(lenet), random(1)))), fused);
});

test("groups, depthwise and other limits are told", () => {
  const graph = net("in 8x8x4 | conv 3x1 4 g4 | conv 1 4 g2 | relu6 | as a | clamp -1 1 | add a");
  assert.deepEqual(words(optimize(graph, { fusePool: false })), [
    "Conv2d 3×1 depthwise",
    "Conv2d 1×1 in 2 groups + ReLU6",
    "Clamp [-1, 1]",
    "Add",
  ]);
});

test("limits in bytes are told as what they stand for, whatever the zero point", () => {
  const at = (min: number, max: number): string => {
    const node = { kind: "clamp", name: "c", inputs: ["x"], output: "y", clamp: { min, max } } as const;
    const quantization = { scale: 0.05, zeroPoint: 20 };
    return describe(node, { name: "y", shape: { h: 1, w: 1, c: 1 }, dtype: "u8", quantization });
  };
  assert.deepEqual(
    [at(20, 255), at(20, 140), at(0, 255), at(0, 40), at(10, 30)],
    ["ReLU", "ReLU6", "Clamp", "Clamp [-Infinity, 1]", "Clamp [-0.5, 0.5]"],
  );
});

test("activations have PyTorch's names, and in int8 a table of 256 bytes a slope", () => {
  const text =
    "in 4x4x3 | leaky | prelu | elu | silu | hardswish | hardsigmoid | sigmoid | tanh | softmax | logsoftmax";
  const graph = int8(net(text), random(1));
  const names = ["LeakyReLU", "PReLU", "ELU", "SiLU", "Hardswish", "Hardsigmoid", "Sigmoid", "Tanh"];
  assert.deepEqual(words(graph), [...names, "Softmax", "LogSoftmax"]);
  const bytes = [256, 3 * 256, ...names.slice(2).map(() => 256), 256 * 4, 291 * 4];
  assert.deepEqual(graph.nodes.map(parameterBytes), bytes);
});

test("LeNet-5 has 416,520 multiply-accumulates and 61,706 parameters, fused or not", () => {
  for (const fuse of [true, false]) {
    const graph = optimize(net(lenet), { fusePool: fuse });
    assert.equal(sum(graph.nodes.map((node) => macs(graph, node))), 416_520);
    assert.equal(sum(graph.nodes.map((node) => parameters(node))), 61_706);
    assert.equal(sum(graph.nodes.map((node) => parameterBytes(node))), 4 * 61_706);
  }
});

test("in int8 a weight is one byte, a bias four, a channel's multiplier and shift eight", () => {
  const graph = int8(net(lenet), random(1));
  const channels = 6 + 16 + 120 + 84 + 10;
  assert.equal(sum(graph.nodes.map((node) => parameterBytes(node))), 61_706 - channels + 12 * channels);
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
