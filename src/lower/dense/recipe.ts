/** Recipes of dense layers: linear ones and pointwise convolutions. */
import type { Conv2d, Graph, Linear, Node } from "../../graph/graph.ts";
import { tensorOf } from "../../graph/build.ts";
import type { Recipe } from "../recipe.ts";
import { whyNotDense, type DenseOptions } from "./dense.ts";
import { sixteenfoldFits } from "./nibbles.ts";
import { lowerDense } from "./lower-dense.ts";

/** What names and families of recipes end in whose weights stay packed. */
export const packedSuffix = " of 4 bits";

/** The recipe, or why there is none for the node. */
export function denseRecipe(graph: Graph, node: Node, options: DenseOptions): Recipe | string {
  const reason = whyNotDense(node);
  if (reason !== undefined) return `${node.name} ${reason}`;
  const layer = node as Conv2d | Linear;
  const { w: width, c } = tensorOf(graph, node.inputs[0]!).shape;
  if (options.lanes === 16 && (node.kind === "conv2d" ? c : width * c) < 16)
    return `${node.name} has fewer than 16 inputs`;
  if (options.packed && (options.lanes === 16 || layer.weightBits !== 4))
    return `${node.name} has no weights of 4 bits for these lanes`;
  if (options.packed && !sixteenfoldFits(layer, tensorOf(graph, node.inputs[0]!)))
    return `${node.name} could sum to more than 28 bits`;
  const expands = options.expands && options.lanes === 2 && node.kind === "conv2d";
  const { w } = tensorOf(graph, node.output).shape;
  const columns = node.kind === "conv2d" ? Math.min(options.columns, w) : 1;
  return {
    name: nameOf(node, { ...options, columns, expands }),
    family: familyOf(node, { ...options, expands }),
    scratchBytes: expands ? columns * Math.ceil(c / 4) * 8 : 0,
    rowsPerStep: 1,
    lower: (_, [input], output, sums) =>
      lowerDense(layer, input!, output, { ...options, columns, expands, sums }),
  };
}

function familyOf(node: Node, { lanes, columns, outputs, expands, unroll, packed }: DenseOptions): string {
  const bits = packed ? packedSuffix : "";
  if (node.kind === "linear") return `linear ${lanes}-lane ${outputs} u${unroll}${bits}`;
  return `pointwise ${lanes}-lane ${columns}x${outputs} u${unroll}${expands ? " expanded" : ""}${bits}`;
}

function nameOf(node: Node, { lanes, columns, outputs, expands, unroll, packed }: DenseOptions): string {
  const kind = node.kind === "linear" ? "linear" : "pointwise";
  const how = lanes === 16 ? "vectors" : lanes === 1 ? "bytes" : expands ? "expanded" : "words";
  return `${kind} ${columns}×${outputs} ${how}${unroll > 1 ? ` ×${unroll}` : ""}${packed ? packedSuffix : ""}`;
}
