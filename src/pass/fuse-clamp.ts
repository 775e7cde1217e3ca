import type { Clamp, ClampNode, Graph, MaxPool2d } from "../graph/graph.ts";
import { firstOf, merge, producerOf, repeat, soleConsumerOf, withNodes } from "./rewire.ts";

/**
 * Fuses clamps (ReLU, ReLU6) into the convolution, linear, sum, difference or product that computes what they limit, and clamps into
 * clamps. A clamp behind a max-pool first moves before it, where it can be fused: clamping is monotone, so the
 * maximum of clamped values is the clamped maximum. A clamp whose input others read too stays a node.
 */
export function fuseClamp(graph: Graph): Graph {
  return repeat(graph, (current) =>
    firstOf(current, (node) =>
      node.kind === "clamp" ? (fuseBackward(current, node) ?? swapWithPool(current, node)) : undefined,
    ),
  );
}

function fuseBackward(graph: Graph, clamp: ClampNode): Graph | undefined {
  const before = producerOf(graph, clamp.inputs[0]!);
  if (!before || soleConsumerOf(graph, before.output) !== clamp) return undefined;
  switch (before.kind) {
    case "conv2d":
    case "convTranspose2d":
    case "linear":
    case "add":
    case "sub":
    case "mul":
    case "clamp": {
      const both = before.clamp ? composed(before.clamp, clamp.clamp) : clamp.clamp;
      return merge(graph, before, clamp, { ...before, clamp: both, output: clamp.output });
    }
    case "activation":
    case "softmax":
    case "batchNorm":
    case "maxPool2d":
    case "avgPool2d":
    case "adaptivePool2d":
    case "pad":
    case "upsample":
    case "pixelShuffle":
    case "concat":
    case "slice":
    case "transpose":
    case "reshape":
    case "flatten":
    case "identity":
      return undefined;
  }
}

/** Only where the clamp can then be fused: before the pool there are more values to limit than behind it. */
function swapWithPool(graph: Graph, clamp: ClampNode): Graph | undefined {
  const pool = producerOf(graph, clamp.inputs[0]!);
  if (pool?.kind !== "maxPool2d" || soleConsumerOf(graph, pool.output) !== clamp) return undefined;
  if (!leadsToFusion(graph, pool)) return undefined;
  const [input] = pool.inputs as [string];
  const first: ClampNode = { ...clamp, inputs: [input], output: pool.output };
  const second: MaxPool2d = { ...pool, inputs: [pool.output], output: clamp.output };
  const nodes = graph.nodes.map((node) => (node === pool ? first : node === clamp ? second : node));
  return withNodes(graph, nodes);
}

function leadsToFusion(graph: Graph, pool: MaxPool2d): boolean {
  const before = producerOf(graph, pool.inputs[0]!);
  if (!before || soleConsumerOf(graph, before.output) !== pool) return false;
  if (before.kind === "maxPool2d") return leadsToFusion(graph, before);
  return ["conv2d", "convTranspose2d", "linear", "add", "sub", "mul", "clamp"].includes(before.kind);
}

/** The limits of the second clamp after the first. */
function composed(first: Clamp, second: Clamp): Clamp {
  const limit = (x: number): number => Math.min(Math.max(x, second.min), second.max);
  return { min: limit(first.min), max: limit(first.max) };
}
