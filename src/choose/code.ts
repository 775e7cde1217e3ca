/** Code of the kernels that are chosen: those that share a function have it once. */
import { shareKernels } from "../backend/c-shared.ts";
import type { Graph } from "../graph/graph.ts";
import { lowerProgram } from "../lower/program.ts";
import type { Recipes } from "../lower/recipe.ts";
import type { Plan } from "../plan/plan.ts";
import type { Selection } from "./select.ts";

/** Estimated bytes: `Priced.codeBytes` of every kernel whose text is in the engine. */
export function codeBytesOf(graph: Graph, plan: Plan, recipes: Recipes, selection: Selection): number {
  const { served } = shareKernels(lowerProgram(graph, plan, recipes));
  const first = graph.inputs.length;
  return selection.reduce((sum, { codeBytes }, n) => {
    const call = served.get(first + n);
    return call && call.leader !== first + n ? sum : sum + codeBytes;
  }, 0);
}
