/** Engines as `--core` chooses them, one a core, without a compiler: what they take, and how long. */
import { workOf } from "../../backend/count.ts";
import { chooseRecipes } from "../../choose/choose.ts";
import { lowerPlanned } from "../../compile.ts";
import type { Core } from "../../core/core.ts";
import { estimate } from "../../core/estimate.ts";
import type { Graph } from "../../graph/graph.ts";
import { timeOf, type Measurement } from "../../measurement.ts";
import type { ChosenReport } from "../../report/data.ts";
import { cyclesMeasured } from "./layers.ts";

const stream = { strategy: "stream", frame: "pushed" } as const;

/** Cores that have no estimate are left out. */
export function chosenEngines(graph: Graph, cores: readonly Core[]): readonly ChosenReport[] {
  return cores.flatMap((core) => {
    const { recipes, plan, constantBytes, layers } = chooseRecipes(graph, core, stream);
    const { program } = lowerPlanned({ graph, plan }, recipes);
    const cycles = cyclesMeasured(estimate(workOf(program), core), core, variant);
    if (cycles.length === 0) return [];
    const measurements = [
      ...cycles.map((one) => timeOf(one, core.clockHz)),
      ...cycles,
      counted("arenaBytes", plan.arenaBytes, "arena of the plan, frame pushed"),
      counted("weightBytes", constantBytes, "constants of the kernels"),
    ];
    return [
      {
        core: core.id,
        measurements,
        ways: layers.map(({ node, chosen }) => [node, chosen.recipe.name] as const),
      },
    ];
  });
}

const variant = "chosen";

const counted = (metric: Measurement["metric"], value: number, source: string): Measurement => ({
  ...{ metric, value, variant, source },
  how: "counted",
});
