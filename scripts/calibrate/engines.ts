/** The ways a network is compiled for calibration: what the reports use, and every family of recipes wherever it fits. */
import { candidates } from "../../src/choose/candidates.ts";
import { distinct } from "../../src/choose/price.ts";
import { openChooser } from "../../src/choose/choose.ts";
import { graphOf, type Prepared, type Variant } from "../../src/compile.ts";
import type { Core } from "../../src/core/core.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { cmsisLike } from "../../src/lower/cmsis-like.ts";
import type { Recipe, Recipes } from "../../src/lower/recipe.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { nestRecipe, scheduled } from "../../src/lower/scheduled.ts";
import type { Plan } from "../../src/plan/plan.ts";

export interface EngineKind {
  readonly name: string;
  readonly variant: (prepared: Prepared) => Variant;
  /** The plan, where the chooser made it already. */
  readonly planned?: Plan;
}

const pushed = { strategy: "stream", frame: "pushed", fusePool: true } as const;

/** Kinds whose error is told: those that `compile` and the reports show. */
export const scheduleNames = ["plain", "hoisted", "collapsed", "unrolled", "blocked"] as const;

/** Of a bundled network: what is shown of it. */
export function shownKinds(prepared: Prepared, core: Core): readonly EngineKind[] {
  const scheduledKinds = scheduleNames.map((name) => ({
    name,
    variant: () => ({ ...pushed, recipes: scheduled(schedules[name]) }),
  }));
  if (prepared.dtype === "f32") return scheduledKinds;
  const bestFit = { strategy: "best-fit", frame: "resident", fusePool: false, recipes: cmsisLike } as const;
  return [...scheduledKinds, { name: "cmsis-like", variant: () => bestFit }, chosenKind(prepared, core)];
}

/** Engines whose layers are each computed in another way, so that a few of them show every way of many layers. */
export function mixedKinds(prepared: Prepared, core: Core): readonly EngineKind[] {
  const graph = graphOf(prepared, { ...pushed, recipes: cmsisLike });
  const waysOf = (g: Graph, node: Node): readonly Recipe[] => {
    const nests = scheduleNames.map((name) => nestRecipe(schedules[name]));
    const others = candidates(g, node, core.features).filter(({ family }) => !(family in schedules));
    return distinct([...nests, ...(isForCmsis(prepared, node) ? [cmsisLike.of(g, node)] : []), ...others]);
  };
  const most = Math.max(...graph.nodes.map((node) => waysOf(graph, node).length));
  return Array.from({ length: Math.min(most, mostMixed) }, (_, turn) => {
    const of = (g: Graph, node: Node): Recipe => {
      const ways = waysOf(g, node);
      const place = graph.nodes.findIndex(({ name }) => name === node.name);
      return ways[(place + turn) % ways.length]!;
    };
    const recipes: Recipes = { name: `mixed ${turn}`, refuses: () => undefined, of };
    return { name: `mixed ${turn}`, variant: () => ({ ...resident, recipes }) };
  });
}

const mostMixed = 14;
const resident = { strategy: "best-fit", frame: "resident", fusePool: true } as const;

/** What the chooser picks without budgets. */
function chosenKind(prepared: Prepared, core: Core): EngineKind {
  const graph = graphOf(prepared, { ...pushed, recipes: cmsisLike });
  const { recipes, plan } = openChooser(graph, core, pushed)();
  return { name: "chosen", variant: () => ({ ...pushed, recipes }), planned: plan };
}

const isForCmsis = ({ dtype }: Prepared, node: Node): boolean =>
  dtype === "int8" && !(node.kind === "conv2d" && node.pool);
