import { tensorOf } from "./build.ts";
import type { Graph, Node } from "./graph.ts";
import { rowSteps } from "./rows.ts";

/**
 * The second form of a node whose one output row is a sum over several rows of its input: step s adds row `from` + s
 * to accumulators, and the last step also writes the output. So the input need never be there as a whole.
 */
export interface Accumulation {
  /** Rows [from, to) of it are added, in this order: the sums round as those of the plain form do. */
  readonly tensor: string;
  readonly from: number;
  readonly to: number;
  /** Accumulators, one for each element of the output row: i32, or f32 in a float graph. */
  readonly elements: number;
}

/** Bytes of an accumulator. */
export const accumulatorBytes = 4;

/** Average pooling whose window is as high as the image, and linear layers; undefined for any other node. */
export function accumulation(graph: Graph, node: Node): Accumulation | undefined {
  if (node.kind !== "avgPool2d" && node.kind !== "linear") return undefined;
  const { shape } = tensorOf(graph, node.output);
  const [step, ...more] = rowSteps(graph, node);
  const [reach, ...others] = step?.reads ?? [];
  if (!reach || more.length > 0 || others.length > 0 || reach.to - reach.from < 2) return undefined;
  return { ...reach, elements: shape.w * shape.c };
}
