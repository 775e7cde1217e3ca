/** Weights of 4 bits and of 1: where they are used, and that what is packed is what the bytes say. All readers: `test/agree`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../src/compile.ts";
import { byteTypeOf } from "../../src/graph/byte-type.ts";
import { parameterBytes } from "../../src/graph/count.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import { int8, reals, result } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

const packed = (text: string, bits: 4 | 1 = 4): Graph => int8(net(text), random(1), 4, bits);

function constantsOf(graph: Graph) {
  const variant = { strategy: "naive", frame: "resident", fusePool: false } as const;
  const { program } = compile({ dtype: "int8", graph }, { ...variant, recipes: scheduled(schedules.plain) });
  return program.constants;
}

test("two weights take a byte, the first in its low half; an odd run of channels leaves half a byte", () => {
  const graph = packed("in 3x3x3 | conv 3 2");
  const [conv] = graph.nodes;
  assert.ok(conv?.kind === "conv2d" && conv.weightBits === 4);
  const { data } = constantsOf(graph).find(({ buffer }) => buffer.name.endsWith("_weight"))!;
  assert.equal(data.length, 2 * 9 * 2);
  const unpacked = Array.from(data as Int8Array, (byte) => [(byte << 28) >> 28, byte >> 4]);
  const taps = Array.from({ length: 18 }, (_, tap) =>
    unpacked
      .slice(2 * tap, 2 * tap + 2)
      .flat()
      .slice(0, 3),
  );
  assert.deepEqual(taps.flat(), [...conv.weight.data]);
});

test("eight weights of 1 bit take a byte, the first in its lowest bit, and −1 has its bit set", () => {
  const graph = packed("in 3x3x11 | conv 3 2", 1);
  const [conv] = graph.nodes;
  assert.ok(conv?.kind === "conv2d" && conv.weightBits === 1);
  const { data } = constantsOf(graph).find(({ buffer }) => buffer.name.endsWith("_weight"))!;
  assert.equal(data.length, 2 * 9 * 2);
  const unpacked = Array.from({ length: 18 * 11 }, (_, i) => {
    const [tap, ic] = [Math.floor(i / 11), i % 11];
    return (data[2 * tap + (ic >> 3)]! >> (ic & 7)) & 1 ? -1 : 1;
  });
  assert.deepEqual(unpacked, [...conv.weight.data]);
});

test("a weight of 1 bit has its channel's mean magnitude, and a channel of zeros alone its bias", () => {
  const float = net("in 2x2x4 | conv 1 2", { seed: 3 });
  const nodes = float.nodes.map((node) => {
    if (node.kind !== "conv2d") return node;
    const data = Float32Array.of(1, -2, 3, -4, 0, 0, 0, 0);
    return { ...node, weight: { ...node.weight, data }, bias: { ...node.bias, data: Float32Array.of(0, 5) } };
  });
  const graph = int8({ ...float, nodes }, random(1), 4, 1);
  const zeros = byteTypeOf(graph.tensors.get(graph.inputs[0]!)!).quantization.zeroPoint;
  const input = new Int8Array(16).fill(zeros).fill(100, 0, 4);
  const [, other] = reals(graph.tensors.get(graph.outputs[0]!)!, result(graph, input));
  assert.ok(Math.abs(other! - 5) < 0.1, String(other));
  const [conv] = graph.nodes;
  assert.ok(conv?.kind === "conv2d");
  assert.deepEqual([...conv.weight.data.subarray(0, 4)], [1, -1, 1, -1]);
});

test("all weights are within 7, and no layer whose weights would not get smaller is packed", () => {
  const graph = packed("in 6x6x4 | conv 3 4 g4 | conv 1 6 | deconv 2 3 s2 | linear 5");
  const bits = graph.nodes.map((node) => ("weightBits" in node ? node.weightBits : 8));
  assert.deepEqual(bits, [8, 4, 8, 4]);
  for (const node of graph.nodes)
    if ("weightBits" in node) assert.ok(node.weight.data.every((w) => Math.abs(w) <= 7));
});

test("a layer is said to have the bytes that its constants have", () => {
  for (const text of ["in 4x4x5 | conv 3 3", "in 4x4x6 | conv 3 4 g2", "in 1x1x27 | linear 4"]) {
    for (const bits of [4, 1] as const) {
      const graph = packed(text, bits);
      const constants = constantsOf(graph);
      const bytes = constants.reduce((sum, { data }) => sum + data.byteLength, 0);
      const channels = constants.find(({ buffer }) => buffer.name.endsWith("_bias"))!.data.length;
      // A shift is stored in one byte and counted as four.
      assert.equal(bytes, parameterBytes(graph.nodes[0]!) - 3 * channels, text);
    }
  }
});
