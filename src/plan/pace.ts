import type { Flow, FlowNode } from "./flow.ts";

/**
 * By tensor: how many of its rows there are for each row of the first graph input, in the middle of the image, where
 * borders do not count: 1/2 after a stride of 2. A graph input begins with 1, as does what has no rows to go by.
 */
export function pacesOf(flow: Flow): readonly number[] {
  const paces = flow.tensors.map(() => 1);
  for (const node of flow.nodes) {
    const reach = node.reads.flat()[0];
    if (reach) paces[node.output] = paces[reach.tensor]! / strideOf(node);
  }
  return paces;
}

/** Rows by which a node's reads advance for each row written, or one part of a row where they advance more slowly. */
function strideOf({ reads, rowsPerStep }: FlowNode): number {
  const starts = reads.flatMap(([reach]) => (reach ? [reach.from] : []));
  const low = Math.floor(starts.length / 4);
  const high = Math.max(low + 1, Math.floor((3 * starts.length) / 4));
  if (high >= starts.length) return 1;
  const stride = (starts[high]! - starts[low]!) / ((high - low) * rowsPerStep);
  if (stride >= 1) return Math.round(stride);
  return stride > 0 ? 1 / Math.round(1 / stride) : 1;
}
