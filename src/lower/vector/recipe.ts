/** The recipe of a convolution by vectors of sixteen bytes, for cores with Helium. */
import { tensorOf } from "../../graph/build.ts";
import type { Conv2d, Graph, Node } from "../../graph/graph.ts";
import type { Recipe } from "../recipe.ts";
import { wholeRing } from "../ring.ts";
import { windowFits } from "../window/geometry.ts";
import { vectorLayer, type VectorOptions } from "./layer.ts";
import { lowerVector } from "./lower-vector.ts";

/** The recipe, or why there is none for the node. */
export function vectorRecipe(graph: Graph, node: Node, options: VectorOptions): Recipe | string {
  const [input, output] = [tensorOf(graph, node.inputs[0]!), tensorOf(graph, node.output)];
  const reason = whyNot(node, input.shape);
  if (reason !== undefined) return `${node.name} ${reason}`;
  const layer = node as Conv2d;
  const { patch, geometry } = vectorLayer(layer, wholeRing(input), wholeRing(output), options);
  const { groups, columns } = geometry.block;
  return {
    name: `vectors ${groups}×${columns}×${options.channels}`,
    family: `vectors ${options.columns}x${options.channels}`,
    scratchBytes: patch.length,
    rowsPerStep: 1,
    lower: (_, [from], to) => lowerVector(vectorLayer(layer, from!, to, options)),
  };
}

function whyNot(node: Node, input: Parameters<typeof windowFits>[1]): string | undefined {
  if (node.kind !== "conv2d") return `is a ${node.kind}`;
  if (!node.requantize) return "is not int8";
  return windowFits(node, input) ?? (node.window.dilation[1] > 1 ? "has a dilated kernel" : undefined);
}
