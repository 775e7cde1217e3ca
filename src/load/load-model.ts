/** The way into this room: the bytes of a model file become a float graph, or a `CompileError` that names the file. */
import { CompileError } from "../error.ts";
import { refuseZip, sniffContainer, sniffZip } from "./sniff.ts";
import { refuseLegacyTorchSave, refuseTorchSave } from "./torch-save.ts";
import { loadTorchScript } from "./torchscript.ts";
import type { LoadedModel } from "./loaded.ts";
import { ZipArchive } from "./zip.ts";

export type { LoadedModel, Port } from "./loaded.ts";

export interface LoadOptions {
  /** For messages, and the graph's name where none is given. */
  readonly fileName: string;
  readonly name?: string;
  /**
   * (N, C, H, W), (N, C, L) for a signal, (N, F) for features; N is taken as 1. Without N for a network that takes no
   * batch. Needed unless the file holds an example.
   */
  readonly inputShape?: readonly number[];
  /** The same of every input, where there are several. */
  readonly inputShapes?: readonly (readonly number[])[];
}

/**
 * Reads a TorchScript file: traced, scripted or frozen.
 *
 * @returns a float graph (images HWC, convolution weights OHWI) with explicit flatten and identity nodes, and notes.
 * @throws CompileError with every problem found, each prefixed by the file's name.
 */
export function loadModel(bytes: Uint8Array, options: LoadOptions): LoadedModel {
  try {
    return load(bytes, options);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    throw new CompileError(error.problems.map((problem) => `${options.fileName}: ${problem}`));
  }
}

function load(bytes: Uint8Array, { fileName, name, ...given }: LoadOptions): LoadedModel {
  const inputShapes = given.inputShapes ?? (given.inputShape ? [given.inputShape] : []);
  if (sniffContainer(bytes) === "legacyTorchSave") throw refuseLegacyTorchSave(bytes);
  const zip = new ZipArchive(bytes);
  const kind = sniffZip(zip.names);
  if (kind === "torchSave") throw refuseTorchSave(zip);
  if (kind !== "torchscript") throw refuseZip(kind);
  return loadTorchScript(zip, { name: graphName(name ?? fileStem(fileName)), inputShapes });
}

function fileStem(fileName: string): string {
  const base = fileName.split(/[/\\]/).at(-1)!;
  return base.replace(/(.)\.[^.]*$/, "$1");
}

const keywords = new Set(
  (
    "auto break case char const continue default do double else enum extern float for goto if inline int long register " +
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while main bool " +
    "class new delete this template namespace public private protected true false try catch throw operator"
  ).split(" "),
);

/** A C identifier, lower case, from any text: the prefix of what is generated. */
export function graphName(text: string): string {
  const clean = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  if (clean === "") return "model";
  return /^[0-9]/.test(clean) || keywords.has(clean) ? `model_${clean}` : clean;
}
