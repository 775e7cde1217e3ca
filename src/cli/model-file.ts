/**
 * A model file and the files of the same name beside it: `NAME.json` (preprocessing), `NAME.calibration.npy`.
 * The only place where a model is read from disk.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { CompileError } from "../error.ts";
import type { Graph, Shape } from "../graph/graph.ts";
import { loadModel } from "../load/load-model.ts";
import { readNpy, type NpyArray } from "../load/npy.ts";
import { readShape, type Arguments } from "./arguments.ts";
import { toRealImages, type Preprocessing } from "./preprocess.ts";
import type { CitedRam } from "./cited.ts";
import type { TestFiles } from "./test-set.ts";

/** `NAME.json`; see `models/README.md`. Everything is optional. */
export interface Sidecar {
  readonly title?: string;
  readonly description?: string;
  readonly input?: readonly number[];
  readonly preprocessing?: Preprocessing;
  readonly calibration?: string;
  readonly madeWith?: string;
  readonly test?: TestFiles;
  readonly cited?: readonly CitedRam[];
  readonly pytorchAccuracy?: { readonly value: number; readonly samples: number; readonly data: string };
}

export interface ModelFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly graph: Graph;
  readonly notes: readonly string[];
  readonly sidecar: Sidecar;
  /** HWC, real values; what int8 ranges are measured on. */
  readonly calibration: readonly Float32Array[];
}

const noiseSamples = 16;

/** Reads the model named on the command line, with its data. */
export function readModelFile(path: string, typed: Arguments): ModelFile {
  const bytes = readBytesOf(path);
  const stem = path.replace(/(\.(script|trace|frozen))?\.[^./\\]+$/, "");
  const sidecar = existsSync(`${stem}.json`) ? readSidecar(`${stem}.json`) : {};
  const inputShape = typed.values.input === undefined ? sidecar.input : readShape(typed.values.input);
  const loaded = loadModel(bytes, {
    fileName: basename(path),
    ...(typed.values.name !== undefined && { name: typed.values.name }),
    ...(inputShape && { inputShape }),
  });
  const shape = loaded.graph.tensors.get(loaded.graph.inputs[0]!)!.shape;
  const calibrationFile = typed.values.calib ?? existing(`${stem}.calibration.npy`);
  const notes = [...loaded.notes];
  if (calibrationFile === undefined)
    notes.push(
      `int8 ranges were calibrated on ${noiseSamples} images of seeded noise: give real inputs with --calib FILE.npy`,
    );
  return {
    path,
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    graph: loaded.graph,
    notes,
    sidecar,
    calibration: calibrationFile
      ? toRealImages(readNpyFile(calibrationFile), shape, sidecar.preprocessing, calibrationFile)
      : noise(shape),
  };
}

/** The bytes of a file, or a sentence. */
export function readBytesOf(path: string): Uint8Array {
  if (!existsSync(path)) throw new CompileError(`${path}: no such file`);
  if (statSync(path).isDirectory()) throw new CompileError(`${path}: is a folder, expected a model file`);
  return new Uint8Array(readFileSync(path)); // not a Buffer, whose slices share a pool
}

export function readNpyFile(path: string): NpyArray {
  try {
    return readNpy(readBytesOf(path));
  } catch (error) {
    if (error instanceof CompileError && !error.message.startsWith(path))
      throw new CompileError(error.problems.map((problem) => `${path}: ${problem}`));
    throw error;
  }
}

const existing = (path: string): string | undefined => (existsSync(path) ? path : undefined);

function readSidecar(path: string): Sidecar {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Sidecar;
  } catch (error) {
    throw new CompileError(`${path}: is not valid JSON (${(error as Error).message}); mend or remove it`);
  }
}

/** Standard normal noise, seeded: the last resort where no data is given. */
function noise(shape: Shape): Float32Array[] {
  let state = 12345;
  const uniform = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: noiseSamples }, () =>
    Float32Array.from({ length: shape.h * shape.w * shape.c }, normal),
  );
}
