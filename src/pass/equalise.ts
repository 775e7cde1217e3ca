/**
 * Cross-layer equalisation (Nagel et al. 2019, section 4.1): a channel that two layers share may be any factor smaller if
 * the weights that read it are as much larger. One scale serves all channels of a tensor, so channels of one reach waste
 * none of its bytes.
 *
 * Factors are powers of two, so that in float not a bit of the results changes. A channel's factor leaves its values and
 * the weights reading it of equal reach, as both have one scale with the other channels'; a depthwise layer has a scale for
 * each channel's weights, so there the values' reach alone counts. Only through ReLU, or no limit at all: ReLU6 limits
 * at 6, and after scaling would have to limit every channel elsewhere.
 */
import type { Conv2d, Graph, Linear, Node } from "../graph/graph.ts";
import type { Observations } from "./observe.ts";
import { soleConsumerOf } from "./rewire.ts";

export function equalise(graph: Graph, observations: Observations): Graph {
  let current = graph;
  for (const { name } of graph.nodes) {
    const first = current.nodes.find((node) => node.name === name)!;
    const second = isScalable(first) ? readerOf(current, first.output) : undefined;
    if (!isScalable(first) || !second) continue;
    const factors = factorsFor(observations.get(first.output)!.channelReach, second);
    const changed = new Map<Node, Node>([
      [first, scaleOutputs(first, factors)],
      [second, scaleInputs(second, factors)],
    ]);
    current = { ...current, nodes: current.nodes.map((node) => changed.get(node) ?? node) };
  }
  return current;
}

function isScalable(node: Node): node is Conv2d | Linear {
  if (node.kind !== "conv2d" && node.kind !== "linear") return false;
  const { min, max } = node.clamp ?? { min: -Infinity, max: Infinity };
  return (min === 0 || min === -Infinity) && max === Infinity;
}

/** The one layer that multiplies a tensor's values, be it behind a maximum of them. */
function readerOf(graph: Graph, tensor: string): Conv2d | Linear | undefined {
  const reader = soleConsumerOf(graph, tensor);
  if (reader?.kind === "maxPool2d") return readerOf(graph, reader.output);
  return reader?.kind === "conv2d" || reader?.kind === "linear" ? reader : undefined;
}

/** By channel, what its values are divided by. */
function factorsFor(reach: ArrayLike<number>, second: Conv2d | Linear): readonly number[] {
  const weights = Array.from(reach, () => 0);
  second.weight.data.forEach((w, i) => {
    const channel = channelOf(second, i);
    weights[channel] = Math.max(weights[channel]!, Math.abs(w));
  });
  const isDepthwise = second.kind === "conv2d" && second.weight.shape.at(-1) === 1;
  const largest = Math.max(...Array.from(reach));
  return weights.map((weight, channel) => {
    const value = reach[channel]!;
    if (value === 0 || weight === 0) return 1;
    return 2 ** Math.round(Math.log2(isDepthwise ? value / largest : Math.sqrt(value / weight)));
  });
}

/** The input channel that a weight, by its number, multiplies. */
function channelOf(node: Conv2d | Linear, i: number): number {
  const { shape, data } = node.weight;
  const groupIn = shape.at(-1)!;
  const groupOut = shape[0]! / (node.kind === "conv2d" ? node.groups : 1);
  const output = Math.floor(i / (data.length / shape[0]!));
  return Math.floor(output / groupOut) * groupIn + (i % groupIn);
}

function scaleOutputs(node: Conv2d | Linear, factors: readonly number[]): Node {
  const perChannel = node.weight.data.length / factors.length;
  const weight = Float32Array.from(node.weight.data, (w, i) => w / factors[Math.floor(i / perChannel)]!);
  const bias = Float32Array.from(node.bias.data, (b, oc) => b / factors[oc]!);
  return { ...node, weight: { ...node.weight, data: weight }, bias: { ...node.bias, data: bias } };
}

function scaleInputs(node: Conv2d | Linear, factors: readonly number[]): Node {
  const data = Float32Array.from(node.weight.data, (w, i) => w * factors[channelOf(node, i)]!);
  return { ...node, weight: { ...node.weight, data } };
}
