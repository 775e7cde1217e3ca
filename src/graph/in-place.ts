import { tensorOf } from "./build.ts";
import { elementBytes } from "./elements.ts";
import type { Graph, Node, Tensor } from "./graph.ts";

/** Kinds that compute element i of a row from element i of their operands. */
const elementWise: ReadonlySet<Node["kind"]> = new Set(["clamp", "activation", "add", "sub", "mul"]);

/**
 * Inputs a node may overwrite with its output, element by element: element i of an output row follows from element i
 * of the same row of each of these and from nothing else of them. An operand repeated over space is none.
 */
export function inPlaceInputs(graph: Graph, node: Node): readonly string[] {
  if (!elementWise.has(node.kind)) return [];
  const output = tensorOf(graph, node.output);
  return [...new Set(node.inputs)].filter((name) => fits(tensorOf(graph, name), output));
}

function fits(input: Tensor, output: Tensor): boolean {
  const { h, w, c } = input.shape;
  const isAsWide = elementBytes[input.dtype] === elementBytes[output.dtype];
  return h === output.shape.h && w === output.shape.w && c === output.shape.c && isAsWide;
}
