/**
 * The walk of one model in one straight line: Graph -> passes -> plan -> lower -> schedule -> verify.
 *
 * The first file to read. Everything before it is `load/`, everything after it is a reader of the `Program` it
 * returns (`backend/`). It decides nothing that an option does not say.
 */
import { CompileError } from "./error.ts";
import { isQuantized } from "./graph/byte-type.ts";
import type { Graph } from "./graph/graph.ts";
import { lowerProgram } from "./lower/program.ts";
import { planNeeds, type Recipes } from "./lower/recipe.ts";
import type { Program } from "./loop/program.ts";
import { verifyProgram } from "./loop/verify.ts";
import { fusePool } from "./pass/fuse-pool.ts";
import { optimize } from "./pass/passes.ts";
import { defaults, quantizeModel, type Quantising } from "./pass/quantize-model.ts";
import { planMemory } from "./plan/plan-memory.ts";
import type { FramePolicy, Plan, Strategy } from "./plan/plan.ts";

/** A network ready to be planned: simplified, and quantised where asked, its pools still layers of their own. */
export interface Prepared {
  readonly dtype: "f32" | "int8";
  readonly graph: Graph;
}

/**
 * Simplifies a loaded graph and, for int8, calibrates it on `samples` (HWC, real values) and quantises it; a graph
 * that comes quantised keeps its scales and needs no samples. Pools are not fused yet: the same quantised network
 * serves fused and unfused variants, so all give the same bytes.
 *
 * @throws CompileError where a quantised graph is wanted in f32.
 */
export function prepare(
  loaded: Graph,
  dtype: "f32" | "int8",
  samples: readonly (readonly Float32Array[])[],
  how: Quantising = defaults,
): Prepared {
  const graph = optimize(loaded, { fusePool: false });
  if (isQuantized(loaded)) {
    if (dtype === "int8") return { dtype, graph };
    throw new CompileError(
      `${loaded.name}: is quantised already and cannot be made float; leave --dtype out, or save the float model`,
    );
  }
  return { dtype, graph: dtype === "f32" ? graph : quantizeModel(graph, samples, how) };
}

/** One way to run a prepared network. */
export interface Variant {
  readonly strategy: Strategy;
  readonly frame: FramePolicy;
  /** Whether max-pools run inside the convolution before them. */
  readonly fusePool: boolean;
  /** How every layer is computed. */
  readonly recipes: Recipes;
}

/** A network with its pools fused or not, and where its rows lie. */
export interface Planned {
  readonly graph: Graph;
  readonly plan: Plan;
}

export interface Compiled extends Planned {
  readonly program: Program;
}

export function compile(prepared: Prepared, variant: Variant): Compiled {
  return lowerPlanned(planVariant(prepared, variant), variant.recipes);
}

/** The network as it is planned: with its pools fused or not. */
export function graphOf(prepared: Prepared, { fusePool: isFused }: Variant): Graph {
  return isFused ? fusePool(prepared.graph) : prepared.graph;
}

/** What of a variant depends on its recipes only by the working memory they need. */
export function planVariant(prepared: Prepared, variant: Variant): Planned {
  const graph = graphOf(prepared, variant);
  const { strategy, frame, recipes } = variant;
  return { graph, plan: planMemory(graph, { strategy, frame, ...planNeeds(recipes, graph) }) };
}

export function lowerPlanned({ graph, plan }: Planned, recipes: Recipes): Compiled {
  const program = lowerProgram(graph, plan, recipes);
  verifyProgram(program);
  return { graph, plan, program };
}
