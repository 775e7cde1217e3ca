/** What every way to compute a layer costs on a core: cycles, bytes of constants and of code. */
import { countCalls, countWritten } from "../backend/count.ts";
import type { Core } from "../core/core.ts";
import { kernelCost, type KernelCost } from "../core/estimate.ts";
import { priceOf, waitsOf } from "../core/price.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { Counts } from "../loop/operation.ts";
import { tensorOf } from "../graph/build.ts";
import { kernelFamily } from "../lower/family.ts";
import type { Recipe } from "../lower/recipe.ts";
import { ringOf, type RowRing } from "../lower/ring.ts";
import { planMemory } from "../plan/plan-memory.ts";

/**
 * What ways are ranked by: estimated cycles, estimated instructions on a core whose cycles are not known, or operations at the core's
 * prices where a way to compute the layer was never calibrated.
 */
export type Measure = "cycles" | "instructions" | "prices";

/** A recipe and what it costs for one layer. */
export interface Priced {
  readonly recipe: Recipe;
  /** Of the whole layer, one inference, by `measure`, with the wait states of constants. */
  readonly cycles: number;
  readonly measure: Measure;
  readonly constantBytes: number;
  /** Of its kernel, if it is alone; 0 where it was never calibrated. */
  readonly codeBytes: number;
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
      priced(
        distinct(candidates(graph, node)).map((recipe) => counted(graph, core, node, recipe, ring)),
        core,
      ),
    ]),
  );
}

/** A small layer has no room for more groups of columns: ways that ask for them are the same way. */
export function distinct(ways: readonly Recipe[]): readonly Recipe[] {
  const key = ({ family, scratchBytes }: Recipe): string => `${family} ${scratchBytes}`;
  return ways.filter((way, i) => ways.findIndex((other) => key(other) === key(way)) === i);
}

/** A way to compute a layer, counted. */
interface Counted extends Omit<Priced, "cycles" | "measure" | "codeBytes"> {
  readonly done: Counts;
  /** Undefined where kernels like it were never calibrated on the core. */
  readonly cost: KernelCost | undefined;
}

function counted(
  graph: Graph,
  core: Core,
  node: Node,
  recipe: Recipe,
  ring: (name: string) => RowRing,
): Counted {
  const output = ring(node.output);
  const { kernel, constants } = recipe.lower(node, node.inputs.map(ring), output, undefined);
  const steps = Math.ceil(tensorOf(graph, node.output).shape.h / recipe.rowsPerStep);
  const done = countCalls(
    kernel,
    Array.from({ length: steps }, (_, step) => step),
  );
  const family = kernelFamily(graph, node, recipe.family, false);
  return {
    recipe,
    done,
    cost: kernelCost(core, { family, done, written: countWritten(kernel) }),
    constantBytes: constants.reduce((sum, { data }) => sum + data.byteLength, 0),
    extraBytes: recipe.scratchBytes + (recipe.rowsPerStep - 1) * output.rowLength,
  };
}

/** Ways are ranked by one measure: if one was never calibrated, all go by prices. */
function priced(ways: readonly Counted[], core: Core): readonly Priced[] {
  const measure = measureFor(ways);
  return ways.map(({ done, cost, ...way }) => ({
    ...way,
    measure,
    cycles: Math.round(measure === "prices" ? priceOf(done, core) : cost![measure]! + waitsOf(done, core)),
    codeBytes: Math.round(cost?.codeBytes ?? 0),
  }));
}

function measureFor(ways: readonly Counted[]): Measure {
  if (!ways.every(({ cost }) => cost)) return "prices";
  return ways.every(({ cost }) => cost!.cycles !== undefined) ? "cycles" : "instructions";
}
