/** The recipe of a depthwise convolution by vectors of sixteen bytes, for cores with Helium. */
import { tensorOf } from "../../graph/build.ts";
import type { Conv2d, Graph, Node } from "../../graph/graph.ts";
import type { Recipe } from "../recipe.ts";
import { wholeRing } from "../ring.ts";
import { depthwiseVectors, whyNotVectors, type DepthwiseVectorOptions } from "./layer.ts";
import { lowerDepthwiseVectors } from "./lower-depthwise-vectors.ts";

/** The recipe, or why there is none for the node. */
export function depthwiseVectorRecipe(
  graph: Graph,
  node: Node,
  options: DepthwiseVectorOptions,
): Recipe | string {
  const [input, output] = [tensorOf(graph, node.inputs[0]!), tensorOf(graph, node.output)];
  const reason = whyNotVectors(node, input.shape);
  if (reason !== undefined) return `${node.name} ${reason}`;
  const layer = node as Conv2d;
  const { patch, tile } = depthwiseVectors(layer, wholeRing(input), wholeRing(output), options);
  return {
    name: `depthwise vectors of ${tile}`,
    family: `depthwise vectors of ${options.tile}`,
    scratchBytes: patch.length,
    rowsPerStep: 1,
    lower: (_, [from], to) => lowerDepthwiseVectors(depthwiseVectors(layer, from!, to, options)),
  };
}
