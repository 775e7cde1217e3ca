import { tensorOf } from "../graph/build.ts";
import type { Clamp, Graph, Node, Tensor } from "../graph/graph.ts";
import { byteLimits } from "../graph/quantized.ts";
import { bypass, firstOf, repeat } from "./rewire.ts";

/** Drops nodes that change nothing: dropout in evaluation, nn.Identity, a clamp without limits. */
export function dropIdentities(graph: Graph): Graph {
  return repeat(graph, (current) =>
    firstOf(current, (node) => (changesNothing(current, node) ? bypass(current, node) : undefined)),
  );
}

function changesNothing(graph: Graph, node: Node): boolean {
  if (node.kind !== "clamp") return node.kind === "identity";
  const widest = limitsOf(tensorOf(graph, node.output));
  return node.clamp.min <= widest.min && node.clamp.max >= widest.max;
}

function limitsOf({ dtype }: Tensor): Clamp {
  return dtype === "f32" ? { min: -Infinity, max: Infinity } : byteLimits(dtype);
}
