/** The way into this room: the bytes of a model file become a graph, or a `CompileError` that names the file. */
import { CompileError } from "../error.ts";
import { gunzip } from "./gzip.ts";
import { refuseZip, sniffContainer, sniffZip } from "./sniff.ts";
import { openLegacySave } from "./legacy-save.ts";
import { loadTorchSave, openTorchSave } from "./torch-save.ts";
import { loadOnnx } from "./onnx/load-onnx.ts";
import { loadTorchScript } from "./torchscript.ts";
import type { LoadedModel } from "./loaded.ts";
import { loadExported } from "./pt2/load-exported.ts";
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
  /** The text of an architecture file, for weights without a network; `stock/architecture-file.ts` describes it. */
  readonly arch?: string;
  /** Bytes of a file in the model's own folder, for ONNX with external data; the name never leads out of it. */
  readonly readBeside?: (name: string) => Uint8Array | undefined;
}

/**
 * Reads a file of PyTorch: TorchScript, traced, scripted or frozen; a whole module of stock layers; or weights, with
 * an architecture file. Or a file of ONNX, float or quantised.
 *
 * @returns a float graph, or an int8 one of a quantised model (images HWC, convolution weights OHWI) with explicit flatten and identity nodes, and notes.
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
  const options = { name: graphName(name ?? fileStem(fileName)), inputShapes, arch: given.arch };
  const container = sniffContainer(bytes);
  if (container === "gzip") return loadUnpacked(bytes, { fileName, name: options.name, ...given });
  if (container === "onnx") return loadOnnx(bytes, { ...options, readBeside: given.readBeside });
  if (container === "legacyTorchSave") return loadTorchSave(openLegacySave(bytes), options);
  const zip = new ZipArchive(bytes);
  refuseBigEndian(zip);
  const kind = sniffZip(zip.names);
  if (kind === "torchSave") return loadTorchSave(openTorchSave(zip), options);
  if (kind === "exported") return loadExported(zip, options);
  if (kind !== "torchscript") throw refuseZip(kind);
  return loadTorchScript(zip, options);
}

/** PyTorch 2.1 and later say the byte order of weights; before, it was always little-endian. */
function refuseBigEndian(zip: ZipArchive): void {
  const entry = zip.names.find((name) => /(^|\/)byteorder$/.test(name));
  if (entry !== undefined && zip.readText(entry).trim() === "big")
    throw new CompileError("saved on a big-endian machine; load and save it again on another");
}

function loadUnpacked(bytes: Uint8Array, options: LoadOptions): LoadedModel {
  const inside = gunzip(bytes);
  if (sniffContainer(inside) === "gzip") throw new CompileError("gzip within gzip; unpack it first");
  const loaded = load(inside, options);
  return { ...loaded, notes: [`unpacked from gzip, ${inside.length} bytes`, ...loaded.notes] };
}

function fileStem(fileName: string): string {
  const base = fileName
    .split(/[/\\]/)
    .at(-1)!
    .replace(/(.)\.gz$/, "$1");
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
