/** Recipes of depthwise convolutions. */
import { tensorOf } from "../../graph/build.ts";
import type { Conv2d, Graph, Node } from "../../graph/graph.ts";
import { elementBytes } from "../../loop/type-of.ts";
import type { Recipe } from "../recipe.ts";
import { depthwiseOf, type DepthwiseOptions, whyNotDepthwise } from "./depthwise.ts";
import { lowerDepthwise } from "./lower-depthwise.ts";
import { patchOf } from "./patch.ts";

/** The recipe, or why there is none for the node. */
export function depthwiseRecipe(graph: Graph, node: Node, options: DepthwiseOptions): Recipe | string {
  const input = tensorOf(graph, node.inputs[0]!);
  const reason = whyNotDepthwise(node, input.shape);
  if (reason !== undefined) return `${node.name} ${reason}`;
  const layer = node as Conv2d;
  const depthwise = depthwiseOf(layer, input.shape, tensorOf(graph, node.output).shape, options);
  const patch = patchOf(depthwise, input.dtype as "i8" | "u8");
  const bytes = patch.length * elementBytes[patch.type];
  const { columns, tile, lanes } = depthwise.options;
  return {
    name: `depthwise ${columns} of ${tile}${lanes === 2 ? " words" : " bytes"}`,
    family: `depthwise ${lanes}-lane ${options.columns} of ${options.tile}`,
    scratchBytes: Math.ceil(bytes / 4) * 4,
    rowsPerStep: 1,
    lower: (_, [from], output) => lowerDepthwise(layer, from!, output, options),
  };
}
