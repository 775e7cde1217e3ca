/** What every way to compute a layer costs on a core: cycles by its counted operations, bytes of constants and of code. */
import { countCalls } from "../backend/count.ts";
import type { Core } from "../core/core.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { Counts } from "../loop/operation.ts";
import { tensorOf } from "../graph/build.ts";
import type { Recipe } from "../lower/recipe.ts";
import { fitted, type Fit } from "./fitted.ts";
import { packedSuffix } from "../lower/dense/recipe.ts";
import { ringOf, type RowRing } from "../lower/ring.ts";
import { planMemory } from "../plan/plan-memory.ts";
import { fitKey, waitsOf, workOf } from "./work.ts";

/** A recipe and what it costs for one layer. */
export interface Priced {
  readonly recipe: Recipe;
  /** Of the whole layer, one inference: counted operations times prices, by the family's factors on this core. */
  readonly cycles: number;
  readonly constantBytes: number;
  /** Of its kernel, by the family's mean on this core, if it is alone; 0 where the family was never measured there. */
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
      distinct(candidates(graph, node)).map((recipe) => priced(graph, core, node, recipe, ring)),
    ]),
  );
}

/** A small layer has no room for more groups of columns: ways that ask for them are the same way. */
export function distinct(ways: readonly Recipe[]): readonly Recipe[] {
  const key = ({ family, scratchBytes }: Recipe): string => `${family} ${scratchBytes}`;
  return ways.filter((way, i) => ways.findIndex((other) => key(other) === key(way)) === i);
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
  const fit = fitOf(core, fitKey(graph, node, recipe));
  return {
    recipe,
    codeBytes: fit?.[1] ?? 0,
    cycles: Math.round(cyclesOf(counts, core, fit)),
    constantBytes: constants.reduce((sum, { data }) => sum + data.byteLength, 0),
    extraBytes: recipe.scratchBytes + (recipe.rowsPerStep - 1) * output.rowLength,
  };
}

/** Cores without a fit of their own take that of the core whose instructions they run. */
const fittedAs: Readonly<Record<string, string>> = {
  "cortex-m7": "cortex-m4",
  "cortex-m33": "cortex-m4",
  "sifive-e31": "rv32imc",
  hazard3: "rv32imc",
};

/**
 * The fit of a family; undefined where it was never measured on a core like this. One whose weights stay packed is taken to be
 * what the one is whose do not.
 */
function fitOf({ id }: Core, key: string): Fit | undefined {
  const all = fitted[fittedAs[id] ?? id];
  return all?.[key] ?? all?.[key.replace(packedSuffix, "")];
}

function cyclesOf(counts: Counts, core: Core, fit: Fit | undefined): number {
  const work = workOf(counts, core);
  return waitsOf(counts, core) + work.reduce((sum, cycles, part) => sum + cycles * (fit?.[0][part] ?? 1), 0);
}
