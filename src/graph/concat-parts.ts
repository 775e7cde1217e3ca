import { tensorOf } from "./build.ts";
import type { Concat, Graph } from "./graph.ts";

/** An input of a concatenation whose row r may lie inside row r of the output, where it belongs: nothing is copied then. */
export interface ConcatPart {
  readonly tensor: string;
  /** The concatenation's output. */
  readonly within: string;
  /** In elements: where in the other's row it begins, the runs it consists of, and from one run to the next. */
  readonly from: number;
  readonly runs: number;
  readonly runLength: number;
  readonly runPitch: number;
}

/**
 * The inputs that nobody but the concatenation reads and that a node writes: along channels each pixel is a run of its
 * own, along columns a row is one run. None along rows, whose parts come one after the other.
 */
export function concatParts(graph: Graph, node: Concat): readonly ConcatPart[] {
  if (node.axis === "h") return [];
  const output = tensorOf(graph, node.output).shape;
  let before = 0;
  return node.inputs.flatMap((tensor) => {
    const { shape } = tensorOf(graph, tensor);
    const length = node.axis === "c" ? shape.c : shape.w * shape.c;
    const from = before;
    before += length;
    if (!isOnlyFor(graph, node, tensor)) return [];
    const [runs, runPitch] = node.axis === "c" ? [shape.w, output.c] : [1, length];
    return [{ tensor, within: node.output, from, runs, runLength: length, runPitch }];
  });
}

/** A concatenation among those who write it would have to be a part of a part. */
function isOnlyFor(graph: Graph, node: Concat, tensor: string): boolean {
  const producer = graph.nodes.find(({ output }) => output === tensor);
  const uses = graph.nodes.flatMap(({ inputs }) => inputs.filter((input) => input === tensor));
  return (
    producer !== undefined &&
    producer.kind !== "concat" &&
    uses.length === 1 &&
    node.inputs.includes(tensor) &&
    !graph.outputs.includes(tensor)
  );
}
