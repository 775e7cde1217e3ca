/**
 * Chooses for every layer how it is computed on a core, under budgets of flash and RAM, for the fewest cycles: lists the
 * ways (`candidates.ts`), prices them (`price.ts`), and searches for the best that fit (`search.ts`).
 */
import type { Core } from "../core/core.ts";
import { errorOfNetworks } from "../core/error-bar.ts";
import type { Graph } from "../graph/graph.ts";
import type { Recipes } from "../lower/recipe.ts";
import type { Plan } from "../plan/plan.ts";
import { candidates } from "./candidates.ts";
import { type Measure, priceNodes, type Priced } from "./price.ts";
import { search, type Budget, type ChooseOptions } from "./search.ts";
import { constantBytesOf, cyclesOf, type Selection } from "./select.ts";

/** What was chosen for one layer, and the ways there were. */
export interface LayerChoice {
  readonly node: string;
  readonly chosen: Priced;
  readonly options: readonly Priced[];
}

export interface Choice {
  readonly recipes: Recipes;
  readonly plan: Plan;
  readonly layers: readonly LayerChoice[];
  /** Of all layers. */
  readonly cycles: number;
  /** What they were ranked by: `prices` where a layer was ranked by them. */
  readonly measure: Measure;
  readonly constantBytes: number;
  /** Of the kernels, estimated, shared functions once; 0 where no kernel was measured on such a core. */
  readonly codeBytes: number;
}

/** Chooses within one budget after another: ways are priced once, and plans made once. */
export type Chooser = (budget?: Budget) => Choice;

/**
 * @param graph Passes done, int8 or float.
 * @throws CompileError, from the chooser, where nothing fits a budget; it names the least there is.
 */
export function openChooser(graph: Graph, core: Core, options: ChooseOptions): Chooser {
  const priced = priceNodes(graph, core, (g, node) => candidates(g, node, core.features));
  const within = search({ graph, core, priced, options });
  return (budget = {}) => {
    const found = within(budget);
    const { selection, recipes, plan } = found;
    return {
      recipes,
      plan,
      layers: graph.nodes.map(({ name }, n) => ({
        node: name,
        chosen: selection[n]!,
        options: priced.get(name)!,
      })),
      cycles: cyclesOf(selection),
      measure: measureOf(selection),
      constantBytes: constantBytesOf(selection),
      get codeBytes() {
        return found.codeBytes;
      },
    };
  };
}

function measureOf(selection: Selection): Measure {
  const all = new Set(selection.map(({ measure }) => measure));
  return all.size === 1 ? selection[0]!.measure : "prices";
}

/** `cycles, estimated, within 5.5 % nine times in ten, and waits for constants by the part's manual` */
export function measureWords(measure: Measure, { simulatedAs, flash }: Core): string {
  if (measure === "prices") return "cycles at prices, which rank ways and are no estimate";
  const error = measure === "cycles" ? errorOfNetworks(simulatedAs) : undefined;
  const within = error ? `, within ${error.withinPercent} % nine times in ten` : "";
  return `${measure}, estimated${within}${flash.waitCycles(1) > 0 ? ", and waits for constants by the part's manual" : ""}`;
}

/** One choice. */
export function chooseRecipes(graph: Graph, core: Core, options: ChooseOptions, budget: Budget = {}): Choice {
  return openChooser(graph, core, options)(budget);
}

/** Cycles that 1,024 more bytes of flash, and of RAM, would save; 0 where that budget does not bind. */
export function nextKilobyte(
  chooser: Chooser,
  budget: Budget,
): { readonly flash: number; readonly ram: number } {
  const { cycles } = chooser(budget);
  const { flashBytes, ramBytes } = budget;
  const saved = (more: Budget): number => cycles - chooser(more).cycles;
  return {
    flash: flashBytes === undefined ? 0 : saved({ flashBytes: flashBytes + 1024, ramBytes }),
    ram: ramBytes === undefined ? 0 : saved({ flashBytes, ramBytes: ramBytes + 1024 }),
  };
}
