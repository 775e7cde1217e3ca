/** The recipe of a convolution by a sliding window, and recipes that use it wherever it fits. */
import { tensorOf } from "../../graph/build.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import type { Recipe, Recipes } from "../recipe.ts";
import { windowFits } from "./geometry.ts";
import type { WindowOptions } from "./options.ts";
import { lowerWindow, windowScratch } from "./window.ts";

/** Undefined where the node is no convolution or `windowFits` has something against it. */
export function windowRecipe(graph: Graph, node: Node, options: WindowOptions): Recipe | undefined {
  const input = tensorOf(graph, node.inputs[0]!);
  if (node.kind !== "conv2d" || windowFits(node, input.shape) !== undefined) return undefined;
  return {
    name: `window ${options.columns}x${options.outputs}`,
    family: familyOf(options),
    scratchBytes: windowScratch(node, input, options),
    rowsPerStep: 1,
    lower: (_, inputs, output) => lowerWindow(node, inputs[0]!, output, options),
  };
}

function familyOf(options: WindowOptions): string {
  const { lanes, columns, outputs, order, unroll, reuse, poolOnSums, roundOnce } = options;
  const without = [
    ...(reuse === "window" ? [] : [`reuse of ${reuse}`]),
    ...(poolOnSums ? [] : ["pool of bytes"]),
    ...(roundOnce ? [] : ["two roundings"]),
  ];
  return [`window ${lanes}-lane ${columns}x${outputs} by ${order} u${unroll}`, ...without].join(", ");
}

/** Sliding windows where they fit, elsewhere what `others` say. */
export function windowed(options: WindowOptions, others: Recipes): Recipes {
  return {
    name: `window ${options.columns}x${options.outputs}`,
    refuses: others.refuses,
    of: (graph, node) => windowRecipe(graph, node, options) ?? others.of(graph, node),
  };
}
