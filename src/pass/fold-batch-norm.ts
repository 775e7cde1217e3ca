import { windowOf } from "../graph/build.ts";
import type { BatchNorm, Conv2d, ConvTranspose2d, Graph, Linear } from "../graph/graph.ts";
import { firstOf, merge, producerOf, repeat, soleConsumerOf } from "./rewire.ts";

/**
 * Folds batch-norms into neighbours that multiply anyway. A batch-norm is y = scale × x + offset per channel, with
 * scale = weight / sqrt(variance + eps) and offset = bias − mean × scale (Jacob et al. 2018, section 3.2).
 *
 * Into the convolution or linear before it: w' = scale × w, b' = scale × b + offset. Into the one after it, if that
 * has no padding (padding is 0 after the batch-norm, not before): w' = w × scale, b' = b + Σ w × offset.
 * Products are in double precision, rounded once. What finds no such neighbour stays for `replaceBatchNorm`.
 */
export function foldBatchNorm(graph: Graph): Graph {
  return repeat(graph, (current) =>
    firstOf(current, (node) =>
      node.kind === "batchNorm" ? (foldBackward(current, node) ?? foldForward(current, node)) : undefined,
    ),
  );
}

/** Makes the batch-norms that are left depthwise 1×1 convolutions. */
export function replaceBatchNorm(graph: Graph): Graph {
  const nodes = graph.nodes.map((node) => (node.kind === "batchNorm" ? depthwise(node) : node));
  return { ...graph, nodes };
}

function foldBackward(graph: Graph, norm: BatchNorm): Graph | undefined {
  const before = producerOf(graph, norm.inputs[0]!);
  if (before?.kind !== "conv2d" && before?.kind !== "convTranspose2d" && before?.kind !== "linear") {
    return undefined;
  }
  if (before.clamp || (before.kind === "conv2d" && before.pool)) return undefined;
  if (soleConsumerOf(graph, before.output) !== norm) return undefined;
  const { scale, offset } = affine(norm);
  const perChannel = before.weight.data.length / scale.length;
  const weight = Float32Array.from(before.weight.data, (w, i) => w * scale[Math.floor(i / perChannel)]!);
  const bias = Float32Array.from(before.bias.data, (b, oc) => b * scale[oc]! + offset[oc]!);
  return merge(graph, before, norm, { ...withParameters(before, weight, bias), output: norm.output });
}

function foldForward(graph: Graph, norm: BatchNorm): Graph | undefined {
  const after = soleConsumerOf(graph, norm.output);
  if (after?.kind !== "conv2d" && after?.kind !== "linear") return undefined;
  if (after.kind === "conv2d" && isPadded(after)) return undefined;
  const { scale, offset } = affine(norm);
  const { data, shape } = after.weight;
  const groupIn = shape.at(-1)!;
  const groupOut = shape[0]! / (after.kind === "conv2d" ? after.groups : 1);
  const perChannel = data.length / shape[0]!;
  const channelOf = (i: number): number =>
    Math.floor(Math.floor(i / perChannel) / groupOut) * groupIn + (i % groupIn);
  const bias = Float64Array.from(after.bias.data);
  data.forEach((w, i) => {
    bias[Math.floor(i / perChannel)]! += w * offset[channelOf(i)]!;
  });
  const weight = Float32Array.from(data, (w, i) => w * scale[channelOf(i)]!);
  return merge(graph, norm, after, {
    ...withParameters(after, weight, Float32Array.from(bias)),
    inputs: norm.inputs,
  });
}

function depthwise(norm: BatchNorm): Conv2d {
  const { scale, offset } = affine(norm);
  const channels = scale.length;
  return {
    kind: "conv2d",
    name: norm.name,
    inputs: norm.inputs,
    output: norm.output,
    window: windowOf([1, 1]),
    groups: channels,
    weight: { shape: [channels, 1, 1, 1], data: Float32Array.from(scale) },
    bias: { shape: [channels], data: Float32Array.from(offset) },
  };
}

function affine(norm: BatchNorm): { scale: Float64Array; offset: Float64Array } {
  const scale = Float64Array.from(norm.weight, (w, c) => w / Math.sqrt(norm.variance[c]! + norm.eps));
  const offset = scale.map((s, c) => norm.bias[c]! - norm.mean[c]! * s);
  return { scale, offset };
}

function withParameters<Kind extends Conv2d | ConvTranspose2d | Linear>(
  node: Kind,
  weight: Float32Array,
  bias: Float32Array,
): Kind {
  return { ...node, weight: { ...node.weight, data: weight }, bias: { ...node.bias, data: bias } };
}

function isPadded({ window: { padding } }: Conv2d): boolean {
  return padding.top + padding.bottom + padding.left + padding.right > 0;
}
