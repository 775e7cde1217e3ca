/** Float and int8 accuracy on labelled data, by the generated engines. */
import { buildAssemblyScriptEngine } from "../bench/build-engine.ts";
import { classesOf, equalShare, type TestSet } from "../bench/study/accuracy.ts";
import { compile, type Prepared } from "../compile.ts";
import { CompileError } from "../error.ts";
import { tensorOf } from "../graph/build.ts";
import { schedules } from "../lower/schedule.ts";
import { scheduled } from "../lower/scheduled.ts";
import type { Arguments } from "./arguments.ts";
import type { ModelFile } from "./model-file.ts";
import { readLabelled, readTestSet } from "./test-set.ts";

export interface Accuracy {
  readonly samples: number;
  /** Where they come from, and their preprocessing. */
  readonly data: string;
  /** Parts of the samples. */
  readonly float: number;
  readonly int8: number;
  /** Where both give the same class, right or wrong. */
  readonly agreement: number;
}

/** The data that `--data` and `--labels` name, or that comes with the model. */
export function labelledData(file: ModelFile, typed: Arguments): TestSet {
  const { shape } = tensorOf(file.graph, file.graph.inputs[0]!);
  const { data, labels } = typed.values;
  const set = data
    ? readLabelled(data, labels, shape, file.sidecar)
    : readTestSet(file.path, file.sidecar, shape);
  if (set) return set;
  throw new CompileError(
    `${file.path}: comes with no labelled data; give --data FILE.npy --labels FILE.npy, or --data FOLDER with a folder a class`,
  );
}

export async function accuracyOf(float: Prepared, int8: Prepared, set: TestSet): Promise<Accuracy> {
  const real = await classesBy(float, set);
  const bytes = await classesBy(int8, set);
  return {
    samples: set.inputs.length,
    data: set.words,
    float: equalShare(real, set.labels),
    int8: equalShare(bytes, set.labels),
    agreement: equalShare(bytes, real),
  };
}

async function classesBy(prepared: Prepared, set: TestSet): Promise<readonly number[]> {
  const schedule = prepared.dtype === "int8" ? schedules.v128 : schedules.blocked;
  const { graph, program } = compile(prepared, {
    strategy: "stream",
    frame: "resident",
    fusePool: true,
    recipes: scheduled(schedule),
  });
  return classesOf(await buildAssemblyScriptEngine(prepared.dtype, program), graph, set);
}
