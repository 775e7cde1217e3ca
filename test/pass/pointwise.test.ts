/** int8 activations, softmax, sums and products against the float functions of the real numbers the bytes stand for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../src/graph/evaluate.ts";
import { byteLimits } from "../../src/graph/quantized.ts";
import type { Graph, Tensor } from "../../src/graph/graph.ts";
import { logOfSum, softmaxTable } from "../../src/graph/quantized-softmax.ts";
import { byteFrame, int8, reals } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

/** The greatest error of the last tensor, in steps of its scale, against the float graph on the same numbers. */
function worstError(text: string, seed: number): number {
  const float = net(text, { seed });
  const graph: Graph = int8(float, random(seed), 8);
  const input = graph.tensors.get("input")!;
  const bytes = byteFrame(graph, random(seed + 1));
  const found = evaluate(graph, [bytes]);
  const wanted = evaluate(float, [reals(input, bytes)]);
  const output = graph.tensors.get(graph.outputs[0]!)!;
  const { scale, zeroPoint } = output.quantization!;
  const { min, max } = byteLimits(output.dtype as "i8" | "u8");
  const exact = wanted.get(float.outputs[0]!)!;
  const errors = Array.from(found.get(output.name)!, (q, i) => {
    const real = Math.min(Math.max(exact[i]!, scale * (min - zeroPoint)), scale * (max - zeroPoint));
    return Math.abs(scale * (q - zeroPoint) - real) / scale;
  });
  return Math.max(...errors);
}

for (const word of ["leaky 0.1", "prelu", "elu", "silu", "hardswish", "hardsigmoid", "sigmoid", "tanh"]) {
  test(`int8 ${word} is the nearest byte to the float value of its input`, () => {
    assert.ok(worstError(`in 8x8x4 | ${word}`, 3) <= 0.5 + 1e-4);
  });
}

test("int8 softmax is within 0.51 steps of 1/256, and log-softmax within 0.6 of its own", () => {
  for (const channels of [1, 2, 5, 10, 100]) {
    assert.ok(worstError(`in 4x4x${channels} | softmax`, channels) <= 0.51);
    assert.ok(worstError(`in 4x4x${channels} | logsoftmax`, channels) <= 0.6, `${channels} channels`);
  }
});

test("int8 sums, differences and products are within a step, repeated operands too", () => {
  for (const kind of ["add", "sub", "mul"]) {
    assert.ok(worstError(`in 6x5x4 | as a | ${kind} a`, 5) <= 1);
    assert.ok(worstError(`in 6x5x4 | as a | slice h 0:1 | slice w 0:1 | as b | from a | ${kind} b`, 6) <= 1);
    const one = "slice h 0:1 | slice w 0:1 | slice c 1:2";
    assert.ok(worstError(`in 6x5x4 | as a | ${one} | as b | from a | ${kind} b`, 7) <= 1);
  }
});

test("probabilities have scale 1/256 and tanh 1/128, whatever the samples", () => {
  const typeOf = (text: string): Tensor => {
    const graph = int8(net(text), random(2));
    return graph.tensors.get(graph.outputs[0]!)!;
  };
  for (const word of ["sigmoid", "softmax"]) {
    const { dtype, quantization } = typeOf(`in 4x4x3 | ${word}`);
    assert.deepEqual(
      { dtype, quantization },
      { dtype: "u8", quantization: { scale: 1 / 256, zeroPoint: 0 } },
    );
  }
  const { dtype, quantization } = typeOf("in 4x4x3 | tanh");
  assert.deepEqual({ dtype, quantization }, { dtype: "i8", quantization: { scale: 1 / 128, zeroPoint: 0 } });
});

test("no sum of powers, nor 256 of one and half a sum, leaves 31 bits", () => {
  for (const channels of [1, 2, 10, 1000, 100_000]) {
    const one = softmaxTable(channels, 0.1)[0]!;
    assert.ok(256 * one + (channels * one) / 2 < 2 ** 31 && channels * one < 2 ** 31);
  }
});

test("the logarithm of a sum is within 0.0002 of the true one", () => {
  const unit = 2 ** -12;
  const graph = int8(net("in 1x1x10 | logsoftmax"), random(3));
  const [node] = graph.nodes;
  assert.ok(node?.kind === "softmax");
  const { scale } = graph.tensors.get(node.output)!.quantization!;
  const { table } = node;
  for (let i = 0; i <= 1000; i++) {
    const sum = Math.floor(table![0]! * (1 + (9 * i) / 1000));
    const found = logOfSum(table!, sum) * unit * scale;
    assert.ok(Math.abs(found - Math.log(sum / table![0]!)) < 0.0002 + unit * scale, `${sum}`);
  }
});
