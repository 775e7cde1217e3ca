/** The loaded graph, float or as it came quantised, against outputs recorded in PyTorch. */
import { CompileError } from "../error.ts";
import { evaluate } from "../graph/evaluate.ts";
import { tensorOf } from "../graph/build.ts";
import { dequantizeOutput } from "../pass/quantize.ts";
import type { ModelFile } from "./model-file.ts";
import { placesOf } from "./preprocess.ts";
import { readNpyFile } from "./read-file.ts";
import { engineInputs } from "../bench/sample.ts";
import type { Sample } from "./samples.ts";

export interface Reference {
  /** Worst difference over all outputs, relative to the largest value of the output it is in. */
  readonly worst: number;
  /** For how many samples the largest value of the first output is where PyTorch has it. */
  readonly argmaxEqual: number;
  readonly samples: number;
}

/** `paths`: one `.npy` file an output, separated by commas, in PyTorch's order: (N, C, H, W). */
export function againstPyTorch(file: ModelFile, samples: readonly Sample[], paths: string): Reference {
  const { graph } = file;
  const files = paths.split(",");
  if (files.length !== graph.outputs.length)
    throw new CompileError(
      `${paths}: ${files.length} files for ${graph.outputs.length} outputs; give one file an output, separated by commas`,
    );
  const recorded = files.map((path) => recordedOutputs(path, samples.length));
  const places = graph.outputs.map((name, i) => placesOf(file.outputs[i]!, tensorOf(graph, name).shape));
  let worst = 0;
  let argmaxEqual = 0;
  samples.forEach((sample, n) => {
    const values = evaluate(graph, engineInputs(graph, sample));
    graph.outputs.forEach((name, i) => {
      const tensor = tensorOf(graph, name);
      const bytes = values.get(name)!;
      const stored = tensor.dtype === "f32" ? bytes : dequantizeOutput(tensor, bytes);
      const got = Array.from(places[i]!, (place) => stored[place]!);
      const { wanted, largest } = recorded[i]!;
      const want = wanted.slice(n * got.length, (n + 1) * got.length);
      if (want.length !== got.length || wanted.length !== got.length * samples.length)
        throw new CompileError(
          `${files[i]!}: holds ${wanted.length} values, expected ${samples.length} x ${got.length}`,
        );
      got.forEach((value, j) => (worst = Math.max(worst, Math.abs(value - want[j]!) / largest)));
      if (i === 0 && indexOfLargest(got) === indexOfLargest(want)) argmaxEqual++;
    });
  });
  return { worst, argmaxEqual, samples: samples.length };
}

function recordedOutputs(path: string, count: number) {
  const array = readNpyFile(path);
  if (array.shape[0] !== count)
    throw new CompileError(`${path}: holds ${array.shape.join("x")}, expected ${count} outputs`);
  const wanted = Array.from(array.data as ArrayLike<number | bigint>, Number);
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { wanted, largest: largest || 1 };
}

function indexOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
}
