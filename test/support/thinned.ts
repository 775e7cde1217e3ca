import type { Graph } from "../../src/graph/graph.ts";
import type { Random } from "./random.ts";

/** The graph with each weight of its linear layers 0 by a chance, as an author's pruning may leave them. */
export function thinned(graph: Graph, chance: number, random: Random): Graph {
  const nodes = graph.nodes.map((node) => {
    if (node.kind !== "linear") return node;
    const data = node.weight.data.map((w) => (random.next() < chance ? 0 : w));
    return { ...node, weight: { ...node.weight, data } };
  });
  return { ...graph, nodes };
}
