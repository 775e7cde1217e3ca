/**
 * Takes out of each bias what pruning and rounding the weights add to a channel on average: with w' the weights that are left
 * and x̄ the mean of a layer's input over the samples, b' = b − mean over places of (w' − w) ∗ x̄ (Nagel et al. 2019,
 * "Data-free quantization through weight equalization and bias correction", section 4.2, with measured means).
 *
 * A convolution is linear, so the mean of its outputs is its output for the mean input, borders included.
 */
import { tensorOf } from "../graph/build.ts";
import { evaluateConvolution } from "../graph/evaluate-conv.ts";
import type { Conv2d, Graph, Linear, Node } from "../graph/graph.ts";
import { convolvedShape } from "../graph/shape.ts";
import { bitsFor, channelScale, quantizedWeight, type LayerBits, type WeightBits } from "./channel-scale.ts";
import type { Observations } from "./observe.ts";

/** @param pruned The graph whose weights are rounded; else `graph` itself. */
export function correctBias(
  graph: Graph,
  observations: Observations,
  bits: LayerBits = 8,
  pruned: Graph = graph,
): Graph {
  const nodes = pruned.nodes.map((node, i) => {
    const whole = graph.nodes[i]!;
    if (node.kind !== "conv2d" && node.kind !== "linear") return node;
    if (whole.kind !== node.kind) throw new Error(`${node.name}: is another node in the pruned graph`);
    const changes = changesOf(node, whole.weight.data, bitsFor(node, bits));
    return corrected(graph, node, observations.get(node.inputs[0]!)!.mean(), changes);
  });
  return { ...graph, nodes };
}

function corrected(graph: Graph, node: Conv2d | Linear, mean: Float32Array, changes: Float32Array): Node {
  const input = tensorOf(graph, node.inputs[0]!);
  const output = tensorOf(graph, node.output);
  const shape = node.kind === "conv2d" ? convolvedShape(node, input.shape) : output.shape;
  const change: Conv2d | Linear = {
    ...node,
    clamp: { min: -Infinity, max: Infinity },
    weight: { ...node.weight, data: changes },
    bias: { ...node.bias, data: new Float32Array(shape.c) },
  };
  const shifts = new Float32Array(shape.h * shape.w * shape.c);
  evaluateConvolution(change, mean, input, { ...output, shape }, shifts);
  const places = shape.h * shape.w;
  const bias = Float32Array.from(node.bias.data, (b, oc) => {
    let sum = 0;
    for (let place = 0; place < places; place++) sum += shifts[place * shape.c + oc]!;
    return b - sum / places;
  });
  return { ...node, bias: { ...node.bias, data: bias } };
}

/** What pruning and rounding add to each weight; `whole` are those before. */
function changesOf(
  { weight, bias }: Conv2d | Linear,
  whole: ArrayLike<number>,
  bits: WeightBits,
): Float32Array {
  const perChannel = weight.data.length / bias.data.length;
  const changes = new Float32Array(weight.data.length);
  for (let from = 0; from < changes.length; from += perChannel) {
    const real = weight.data.subarray(from, from + perChannel) as Float32Array;
    const scale = channelScale(real, bits);
    if (scale > 0)
      real.forEach(
        (w, i) => (changes[from + i] = quantizedWeight(w, scale, bits) * scale - whole[from + i]!),
      );
  }
  return changes;
}
