/**
 * A model file and the files of the same name beside it: `NAME.json` (preprocessing), `NAME.calibration.npy`.
 * The only place where a model is read from disk.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { CompileError } from "../error.ts";
import { readerBeside } from "./beside.ts";
import { isQuantized } from "../graph/byte-type.ts";
import type { Graph } from "../graph/graph.ts";
import { loadModel, type Port } from "../load/load-model.ts";
import { readShapes, type Arguments } from "./arguments.ts";
import type { Preprocessing } from "./preprocess.ts";
import type { CitedEngine } from "./cited.ts";
import { readBytesOf, readTextOf } from "./read-file.ts";
import { noise, noiseNote, readSamples, type Sample } from "./samples.ts";
import type { TestFiles } from "./test-set.ts";

/** `NAME.json`; see `models/README.md`. Everything is optional. */
export interface Sidecar {
  readonly title?: string;
  readonly description?: string;
  /** As PyTorch says it; a list of such where the network has several inputs. */
  readonly input?: readonly number[] | readonly (readonly number[])[];
  readonly preprocessing?: Preprocessing;
  readonly calibration?: string;
  readonly madeWith?: string;
  readonly test?: TestFiles;
  readonly cited?: readonly CitedEngine[];
  readonly pytorchAccuracy?: { readonly value: number; readonly samples: number; readonly data: string };
}

export interface ModelFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly graph: Graph;
  /** The graph's inputs and outputs as PyTorch has them. */
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly notes: readonly string[];
  readonly sidecar: Sidecar;
  /** What int8 ranges are measured on. */
  readonly calibration: readonly Sample[];
}

/** Reads the model named on the command line, with its data. */
export function readModelFile(path: string, typed: Arguments): ModelFile {
  const bytes = readBytesOf(path);
  const stem = path.replace(/(\.(script|trace|frozen))?\.[^./\\]+$/, "");
  const sidecar = existsSync(`${stem}.json`) ? readSidecar(`${stem}.json`) : {};
  const inputShapes = typed.values.input === undefined ? shapesOf(sidecar) : readShapes(typed.values.input);
  const loaded = loadModel(bytes, {
    fileName: basename(path),
    readBeside: readerBeside(path),
    ...(typed.values.name !== undefined && { name: typed.values.name }),
    ...(inputShapes && { inputShapes }),
    ...(typed.values.arch !== undefined && { arch: readTextOf(typed.values.arch) }),
  });
  const calibrationFiles = typed.values.calib ?? filesBeside(stem, loaded.graph.inputs.length);
  const notes = [...loaded.notes];
  if (calibrationFiles === undefined && !isQuantized(loaded.graph)) notes.push(noiseNote);
  return {
    path,
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    graph: loaded.graph,
    inputs: loaded.inputs,
    outputs: loaded.outputs,
    notes,
    sidecar,
    calibration: calibrationFiles
      ? readSamples(calibrationFiles, loaded.graph, loaded.inputs, sidecar.preprocessing)
      : noise(loaded.graph),
  };
}

function shapesOf({ input }: Sidecar): readonly (readonly number[])[] | undefined {
  if (input === undefined) return undefined;
  return typeof input[0] === "number" ? [input as readonly number[]] : (input as readonly number[][]);
}

/** `NAME.calibration.npy`, or of several inputs `NAME.calibration.0.npy`, `.1.npy`, …, if they are there. */
function filesBeside(stem: string, inputs: number): string | undefined {
  const numbered = Array.from({ length: inputs }, (_, i) => `${stem}.calibration.${i}.npy`);
  const files = inputs === 1 ? [`${stem}.calibration.npy`] : numbered;
  return files.every((file) => existsSync(file)) ? files.join(",") : undefined;
}

function readSidecar(path: string): Sidecar {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Sidecar;
  } catch (error) {
    throw new CompileError(`${path}: is not valid JSON (${(error as Error).message}); mend or remove it`);
  }
}
