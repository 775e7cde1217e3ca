/**
 * Takes out of each bias what rounding the weights adds to a channel on average: with w' the rounded weights and x̄ the
 * mean of a layer's input over the samples, b' = b − mean over places of (w' − w) ∗ x̄ (Nagel et al. 2019, "Data-free
 * quantization through weight equalization and bias correction", section 4.2, with measured means).
 *
 * A convolution is linear, so the mean of its outputs is its output for the mean input, borders included.
 */
import { tensorOf } from "../graph/build.ts";
import { evaluateConvolution } from "../graph/evaluate-conv.ts";
import type { Conv2d, Graph, Linear, Node } from "../graph/graph.ts";
import { convolvedShape } from "../graph/shape.ts";
import { bitsFor, channelScale, quantizedWeight, type WeightBits } from "./channel-scale.ts";
import type { Observations } from "./observe.ts";

export function correctBias(graph: Graph, observations: Observations, bits: WeightBits = 8): Graph {
  const nodes = graph.nodes.map((node) => {
    if (node.kind !== "conv2d" && node.kind !== "linear") return node;
    return corrected(graph, node, observations.get(node.inputs[0]!)!.mean(), bitsFor(node, bits));
  });
  return { ...graph, nodes };
}

function corrected(graph: Graph, node: Conv2d | Linear, mean: Float32Array, bits: WeightBits): Node {
  const input = tensorOf(graph, node.inputs[0]!);
  const output = tensorOf(graph, node.output);
  const shape = node.kind === "conv2d" ? convolvedShape(node, input.shape) : output.shape;
  const rounding: Conv2d | Linear = {
    ...node,
    clamp: { min: -Infinity, max: Infinity },
    weight: { ...node.weight, data: roundingOf(node, bits) },
    bias: { ...node.bias, data: new Float32Array(shape.c) },
  };
  const shifts = new Float32Array(shape.h * shape.w * shape.c);
  evaluateConvolution(rounding, mean, input, { ...output, shape }, shifts);
  const places = shape.h * shape.w;
  const bias = Float32Array.from(node.bias.data, (b, oc) => {
    let sum = 0;
    for (let place = 0; place < places; place++) sum += shifts[place * shape.c + oc]!;
    return b - sum / places;
  });
  return { ...node, bias: { ...node.bias, data: bias } };
}

/** What rounding adds to each weight. */
function roundingOf({ weight, bias }: Conv2d | Linear, bits: WeightBits): Float32Array {
  const perChannel = weight.data.length / bias.data.length;
  const errors = new Float32Array(weight.data.length);
  for (let from = 0; from < errors.length; from += perChannel) {
    const real = weight.data.subarray(from, from + perChannel) as Float32Array;
    const scale = channelScale(real, bits);
    if (scale > 0) real.forEach((w, i) => (errors[from + i] = quantizedWeight(w, scale, bits) * scale - w));
  }
  return errors;
}
