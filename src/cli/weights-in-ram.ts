/** `--weights-in-ram`: an engine compiled again with constants of some layers in the arena. */
import { automaticInRam, namedInRam, type InRam, type InRamChoice } from "../choose/weights-in-ram.ts";
import { lowerPlanned, type Compiled } from "../compile.ts";
import { cores } from "../core/cores.ts";
import { CompileError } from "../error.ts";
import { copiedBytes } from "../lower/in-ram.ts";
import { planNeeds, type Recipes } from "../lower/recipe.ts";
import { planMemory } from "../plan/plan-memory.ts";
import type { Plan } from "../plan/plan.ts";
import { readBytes, type Arguments } from "./arguments.ts";

interface Chosen {
  readonly compiled: Compiled;
  readonly recipes: Recipes;
}

/** A layer whose constants are in RAM, and how many bytes of them each inference copies there. */
export interface Copied extends InRam {
  readonly copiedBytes: number;
}

/** @param partRam Bytes of RAM the part has: what `auto` may take where there is no budget. */
export function withWeightsInRam<Engine extends Chosen>(
  { values }: Arguments,
  engine: Engine,
  partRam: number,
): Engine & { readonly inRam: readonly Copied[] } {
  const option = values["weights-in-ram"];
  if (option === undefined) return { ...engine, inRam: [] };
  const { graph, plan } = engine.compiled;
  const core = cores.find(({ id }) => id === values.core);
  const planned = (recipes: Recipes): Plan =>
    planMemory(graph, { strategy: plan.strategy, frame: plan.frame, ...planNeeds(recipes, graph) });
  const finished = ({ recipes, layers }: InRamChoice, moved: Plan) => {
    const compiled = lowerPlanned({ graph, plan: moved }, recipes);
    const { kernels } = compiled.program;
    const inRam = layers.map((layer) => ({ ...layer, copiedBytes: copiedBytes(kernels, layer.node) }));
    return { ...engine, recipes, compiled, inRam };
  };
  if (option !== "auto") {
    const choice = namedInRam(graph, engine.recipes, option.split(","), core);
    return finished(choice, planned(choice.recipes));
  }
  if (!core)
    throw new CompileError("--weights-in-ram auto: say for which --core, or name layers instead of auto");
  const budget = readBytes("ram-budget", values["ram-budget"], partRam);
  for (let free = budget - plan.arenaBytes; ;) {
    const choice = automaticInRam(graph, engine.recipes, core, free);
    if (choice.layers.length === 0) return { ...engine, inRam: [] };
    const moved = planned(choice.recipes);
    if (moved.arenaBytes <= budget) return finished(choice, moved);
    // Alignment took more than the constants: the next best that leaves as much room.
    free = Math.min(free, sum(choice.layers)) - (moved.arenaBytes - budget);
  }
}

const sum = (layers: readonly InRam[]): number => layers.reduce((bytes, layer) => bytes + layer.bytes, 0);
