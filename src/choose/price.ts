/** What every way to compute a layer costs on a core: cycles by its counted operations, bytes of constants. */
import { countCalls } from "../backend/count.ts";
import type { Core } from "../core/core.ts";
import { estimate } from "../core/estimate.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { tensorOf } from "../graph/build.ts";
import type { Recipe } from "../lower/recipe.ts";
import { ringOf, type RowRing } from "../lower/ring.ts";
import { planMemory } from "../plan/plan-memory.ts";

/** A recipe and what it costs for one layer. */
export interface Priced {
  readonly recipe: Recipe;
  /** Of the whole layer, one inference. */
  readonly cycles: number;
  readonly constantBytes: number;
  /** RAM that the recipe takes beyond one row of output: working memory and the other rows of a step. */
  readonly extraBytes: number;
}

/** Prices `candidates` of every node, with every tensor whole: where rows lie changes a layer's cost by little. */
export function priceNodes(
  graph: Graph,
  core: Core,
  candidates: (graph: Graph, node: Node) => readonly Recipe[],
): ReadonlyMap<string, readonly Priced[]> {
  const plan = planMemory(graph, { strategy: "naive", frame: "resident" });
  const ring = (name: string): RowRing => ringOf(graph, plan, name);
  return new Map(
    graph.nodes.map((node) => [
      node.name,
      candidates(graph, node).map((recipe) => priced(graph, core, node, recipe, ring)),
    ]),
  );
}

function priced(
  graph: Graph,
  core: Core,
  node: Node,
  recipe: Recipe,
  ring: (name: string) => RowRing,
): Priced {
  const output = ring(node.output);
  const { kernel, constants } = recipe.lower(node, node.inputs.map(ring), output, undefined);
  const steps = Math.ceil(tensorOf(graph, node.output).shape.h / recipe.rowsPerStep);
  const counts = countCalls(
    kernel,
    Array.from({ length: steps }, (_, step) => step),
  );
  return {
    recipe,
    cycles: Math.round(estimate(counts, core).cycles),
    constantBytes: constants.reduce((sum, { data }) => sum + data.byteLength, 0),
    extraBytes: recipe.scratchBytes + (recipe.rowsPerStep - 1) * output.rowLength,
  };
}
