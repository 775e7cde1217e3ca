/** What kernels cost on simulated cores, beside what they do. */
import { printC } from "../../src/backend/c.ts";
import { shareKernels } from "../../src/backend/c-shared.ts";
import { workOf } from "../../src/backend/count.ts";
import { sampleOf } from "../../src/bench/sample.ts";
import { graphOf, lowerPlanned, planVariant, type Compiled, type Variant } from "../../src/compile.ts";
import type { KernelWork } from "../../src/loop/operation.ts";
import { measureEngine, type Target } from "./measure.ts";
import type { EngineRun } from "./runners.ts";
import type { Subject } from "./subjects.ts";
import type { EngineKind } from "./engines.ts";

/** One kernel of one engine on one core, all its calls of one inference. */
export interface Row extends KernelWork {
  readonly core: string;
  readonly network: string;
  /** `blocked`, `chosen`: how the engine's layers are computed. */
  readonly engine: string;
  readonly dtype: string;
  /** Undefined where an emulator ran it. */
  readonly cycles: number | undefined;
  readonly instructions: number;
  /** Undefined of kernels that share one function. */
  readonly codeBytes: number | undefined;
}

/** Compiles a network as one kind of engine and runs it on the target's cores. */
export async function rowsOf(
  subject: Subject,
  kind: EngineKind,
  target: Target,
  cache: string,
): Promise<readonly Row[]> {
  const variant: Variant = kind.variant(subject.prepared);
  const { recipes } = variant;
  const compiled =
    kind.planned === undefined
      ? lowerPlanned(planVariant(subject.prepared, variant), recipes)
      : lowerPlanned({ graph: graphOf(subject.prepared, variant), plan: kind.planned }, recipes);
  const { files } = printC(compiled.program, {
    toolVersion: "",
    commandLine: "calibrate",
    modelSha256: "",
    plan: variant.strategy,
    schedule: "",
    sample: sampleFor(subject, compiled),
  });
  const runs = await measureEngine(files, target, cache);
  return [...runs].flatMap(([core, run]) => kernelRows(subject, kind.name, core, compiled, run));
}

/** The evaluator takes longer than all the rest, and the bytes do not depend on how layers are computed. */
const samples = new Map<string, ReturnType<typeof sampleOf>>();

function sampleFor({ name, prepared, sample }: Subject, { graph }: Compiled): ReturnType<typeof sampleOf> {
  const key = `${prepared.dtype} ${name}`;
  const found = samples.get(key) ?? sampleOf(graph, sample);
  samples.set(key, found);
  return found;
}

function kernelRows(
  { name: network, prepared: { dtype } }: Subject,
  engine: string,
  core: string,
  { program }: Compiled,
  run: EngineRun,
): Row[] {
  const { served } = shareKernels(program);
  return workOf(program).map((work, index) => {
    const kernel = program.kernels[index]!;
    const { cycles, instructions } = run.kernels[index]!;
    const codeBytes = served.has(index) ? undefined : run.codeBytes[`${program.name}_${kernel.name}`];
    return { ...work, core, network, engine, dtype, cycles, instructions, codeBytes };
  });
}
