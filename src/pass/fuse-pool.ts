import type { Graph, MaxPool2d, Window } from "../graph/graph.ts";
import { firstOf, merge, producerOf, repeat, soleConsumerOf } from "./rewire.ts";

/**
 * Fuses a max-pool into the convolution before it, which then keeps a running maximum instead of storing results
 * nobody else reads. Only where windows do not overlap (stride >= kernel), so that nothing is computed twice, and
 * have no padding. In an int8 graph requantising is monotone and both tensors have one quantisation, so the bytes
 * stay the same; pass it float or int8 graphs alike.
 */
export function fusePool(graph: Graph): Graph {
  return repeat(graph, (current) =>
    firstOf(current, (node) => (node.kind === "maxPool2d" ? fuse(current, node) : undefined)),
  );
}

function fuse(graph: Graph, pool: MaxPool2d): Graph | undefined {
  const before = producerOf(graph, pool.inputs[0]!);
  if (before?.kind !== "conv2d" || before.pool) return undefined;
  if (soleConsumerOf(graph, before.output) !== pool || !isDisjoint(pool.window)) return undefined;
  return merge(graph, before, pool, { ...before, pool: pool.window, output: pool.output });
}

function isDisjoint({ kernel, stride, padding, dilation }: Window): boolean {
  const padded = padding.top + padding.bottom + padding.left + padding.right > 0;
  const dilated = dilation[0] > 1 || dilation[1] > 1;
  return stride[0] >= kernel[0] && stride[1] >= kernel[1] && !padded && !dilated;
}
