/** The bundled models, read as the command line reads them. */
import { join } from "node:path";
import { bundled } from "../../src/cli/bench.ts";
import { readModelFile, type ModelFile } from "../../src/cli/model-file.ts";
import { readNpyFile } from "../../src/cli/read-file.ts";
import { engineInputs } from "../../src/bench/sample.ts";
import { readSamples } from "../../src/cli/samples.ts";
import { prepare, type Prepared } from "../../src/compile.ts";
import type { Dtype } from "./engines.ts";
import { packageRoot } from "./package-root.ts";
import { networkOf, type Network } from "./trial.ts";

/** Every bundled model. */
export const bundledNames = bundled;
export type ModelName = (typeof bundled)[number];

/** The paper's two networks: small enough to be run in every way there is. */
export const modelNames = ["lenet5", "cifar_testnet"] as const;

export const modelPath = (name: string): string => join(packageRoot(), "models", name);

export function readModel(name: ModelName): ModelFile {
  return readModelFile(modelPath(`${name}.pt`), { files: [], values: {}, flags: new Set() });
}

export const prepareModel = (file: ModelFile, dtype: Dtype): Prepared =>
  prepare(file.graph, dtype, file.calibration);

/** A bundled model on its first `count` calibration images. */
export function modelNetwork(name: ModelName, dtype: Dtype, count: number): Network {
  const file = readModel(name);
  const { graph } = prepareModel(file, dtype);
  const frames = file.calibration.slice(0, count).map((sample) => engineInputs(graph, sample)[0]!);
  return networkOf(`${dtype} ${name}`, graph, frames);
}

/** A float model on the inputs of `NAME.check-input.npy`, and what PyTorch made of each. */
export function recordedModel(name: ModelName): Network & { readonly pytorch: readonly Float32Array[] } {
  const file = readModel(name);
  const { graph } = prepareModel(file, "f32");
  const samples = readSamples(modelPath(`${name}.check-input.npy`), file.graph, file.inputs, undefined);
  const { data } = readNpyFile(modelPath(`${name}.check-output.npy`));
  if (!(data instanceof Float32Array)) throw new Error(`${name}.check-output.npy holds no floats`);
  const length = data.length / samples.length;
  const pytorch = samples.map((_, i) => data.subarray(i * length, (i + 1) * length));
  const frames = samples.map((sample) => sample[0]!);
  return { ...networkOf(`f32 ${name}, recorded`, graph, frames), pytorch };
}
