/** Plans and compiles each variant of a network once and keeps its program, counts and Wasm engine. */
import { workOf } from "../../backend/count.ts";
import {
  graphOf,
  lowerPlanned,
  planVariant,
  type Compiled,
  type Planned,
  type Prepared,
  type Variant,
} from "../../compile.ts";
import { needsKey, planNeeds } from "../../lower/recipe.ts";
import { cores } from "../../core/cores.ts";
import { estimate } from "../../core/estimate.ts";
import { addCounts, operations, type KernelWork } from "../../loop/operation.ts";
import type { Measurement } from "../../measurement.ts";
import { buildAssemblyScriptEngine } from "../build-engine.ts";
import type { Engine } from "../engine.ts";
import { cyclesMeasured } from "./layers.ts";

export interface Workpiece {
  readonly compiled: Compiled;
  readonly work: readonly KernelWork[];
  /** Compiled to Wasm when first asked for. */
  readonly engine: () => Promise<Engine>;
}

export type Workshop = (variant: Variant) => Workpiece;

export function openWorkshop(prepared: Prepared): Workshop {
  const plans = new Map<string, Planned>();
  const pieces = new Map<string, Workpiece>();
  return (variant) => {
    const { recipes, ...rest } = variant;
    const key = JSON.stringify([rest, recipes.name]);
    let piece = pieces.get(key);
    if (!piece) {
      const planKey = JSON.stringify([rest, needsKey(planNeeds(recipes, graphOf(prepared, variant)))]);
      const planned = plans.get(planKey) ?? planVariant(prepared, variant);
      plans.set(planKey, planned);
      const compiled = lowerPlanned(planned, recipes);
      let engine: Promise<Engine> | undefined;
      piece = {
        compiled,
        work: workOf(compiled.program),
        engine: () =>
          (engine ??= buildAssemblyScriptEngine(
            `${variant.strategy} ${variant.frame} ${recipes.name}`,
            compiled.program,
          )),
      };
      pieces.set(key, piece);
    }
    return piece;
  };
}

/** `operations`, and `cycles` on every core, of one inference. */
export function workMeasurements(variant: string, work: readonly KernelWork[]): Measurement[] {
  const counts = addCounts(...work.map(({ done }) => done));
  const total = operations.reduce((sum, operation) => sum + counts[operation], 0);
  return [
    {
      metric: "operations",
      value: total,
      how: "counted",
      variant,
      source: "every operation of the scheduled loops, counted exactly",
    },
    ...cores.flatMap((core) => cyclesMeasured(estimate(work, core), core, variant)),
  ];
}
