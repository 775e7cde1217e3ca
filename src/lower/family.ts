/** Which kernels a compiler makes alike code of: layers of one kind, computed by recipes of one family. */
import { tensorOf } from "../graph/build.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { schedules } from "./schedule.ts";

/** `int8 conv2d blocked`, `f32 maxPool2d plain`: never the layer's sizes, so the set of them is finite. */
export function kernelFamily(graph: Graph, node: Node, recipe: string, hasSums: boolean): string {
  const { dtype } = tensorOf(graph, node.output);
  const bits = (node.kind === "conv2d" || node.kind === "linear") && node.weightBits === 4 ? ["4-bit"] : [];
  return [
    dtype === "f32" ? "f32" : "int8",
    ...bits,
    ...shapeWords(graph, node, recipe),
    ...(hasSums ? ["summed"] : []),
    recipe,
  ].join(" ");
}

/** In groups the loops are others; so they are with a pool, but in a nest, which takes the maximum where it is. */
function shapeWords(graph: Graph, node: Node, recipe: string): readonly string[] {
  if (node.kind !== "conv2d") return [node.kind];
  const isDepthwise = node.groups > 1 && node.groups === tensorOf(graph, node.output).shape.c;
  return [
    ...(node.pool && !(recipe in schedules) ? ["pooled"] : []),
    ...(isDepthwise ? ["depthwise"] : node.groups > 1 ? ["grouped"] : []),
    "conv2d",
  ];
}
