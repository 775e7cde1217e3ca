import type { Graph, Node } from "../graph/graph.ts";
import { bypass, firstOf, repeat } from "./rewire.ts";

/** Drops nodes that change nothing: dropout in evaluation, nn.Identity, a clamp without limits. */
export function dropIdentities(graph: Graph): Graph {
  return repeat(graph, (current) =>
    firstOf(current, (node) => (changesNothing(node) ? bypass(current, node) : undefined)),
  );
}

function changesNothing(node: Node): boolean {
  if (node.kind === "clamp") return node.clamp.min === -Infinity && node.clamp.max === Infinity;
  return node.kind === "identity";
}
