/**
 * What `torch.save` wrote. A whole module made of stock layers in `nn.Sequential` is read as it is; weights are read
 * with an architecture file beside them; everything else is refused with what the file holds and which two lines save
 * the whole.
 */
import { CompileError } from "../error.ts";
import { adviseOn } from "./input-shape.ts";
import type { SavedObject } from "./legacy-save.ts";
import { checkInputShape } from "./loaded.ts";
import type { LoadedModel } from "./loaded.ts";
import { accepts, buildNetwork, collect } from "./network.ts";
import type { Network } from "./network.ts";
import { isKind, readPickle } from "./pickle.ts";
import { globalName } from "./pickle-value.ts";
import type { PickleObject, PickleTensor } from "./pickle-value.ts";
import { findWeights } from "./state-dict.ts";
import type { FoundWeights } from "./state-dict.ts";
import { readArchitecture } from "./stock/architecture-file.ts";
import { describeModule, readChain, runChain } from "./stock/module-pickle.ts";
import { compareKeys, runArchitecture } from "./stock/run-architecture.ts";
import { isValue } from "./value.ts";
import type { ZipArchive } from "./zip.ts";

export interface TorchSaveOptions {
  /** Name of the graph, a C identifier. */
  readonly name: string;
  readonly inputShapes: readonly (readonly number[])[];
  /** The text of an architecture file. */
  readonly arch: string | undefined;
}

/** The object and the storages of a zip file of `torch.save`. */
export function openTorchSave(zip: ZipArchive): SavedObject {
  const entry = zip.names.find((name) => name === "data.pkl" || name.endsWith("/data.pkl"));
  if (entry === undefined)
    throw new CompileError("torch.save archive without data.pkl; save the model again");
  const folder = entry.slice(0, -"data.pkl".length);
  const options = { file: "data.pkl", strict: false, storagePrefix: `${folder}data/` };
  return { root: readPickle(zip.read(entry), options).value, records: zip };
}

export function loadTorchSave(saved: SavedObject, options: TorchSaveOptions): LoadedModel {
  const { root } = saved;
  if (isKind(root, "object")) return loadModule(root, saved, options);
  const found = findWeights(root);
  if (!found) throw new CompileError(`torch.save file without a model; ${advice([])}`);
  if (found.isQuantized)
    throw new CompileError(`state_dict of a quantised model, its layers' order unknown; ${advice([])}`);
  if (options.arch === undefined) throw refuseWeights(found);
  return loadWeights(found, saved, options, options.arch);
}

function loadModule(root: PickleObject, { records }: SavedObject, options: TorchSaveOptions): LoadedModel {
  const type = globalName(root.type);
  if (type.startsWith("torch.fx."))
    throw new CompileError(`pickled FX graph, Python code inside; ${advice([])}`);
  if (root.isCall)
    throw new CompileError(`refused: pickle references ${type}; do not open this file with Python`);
  const chain = readChain(root);
  if ("obstacle" in chain) throw describeModule(root, chain.obstacle, advice([]));
  const network: Network = {
    name: options.name,
    inputNames: ["input"],
    records,
    run: (context, [input]) => collect(context, (whole) => runChain(chain, whole, input!)),
    notes: () => chain.notes,
  };
  const weighty = chain.layers.find(({ weights }) => isValue(weights.weight, "constant"));
  const weight = weighty?.weights.weight;
  const groups = weighty?.options.groups;
  const layer = isValue(weight, "constant")
    ? { path: weighty!.path, size: weight.tensor.size, groups: typeof groups === "number" ? groups : 1 }
    : undefined;
  if (options.inputShapes.length !== 1) {
    const isPossible = (shape: readonly number[]): boolean => accepts(network, shape);
    throw new CompileError(`the file does not tell its input's shape; ${adviseOn(layer, isPossible)}`);
  }
  options.inputShapes.forEach(checkInputShape);
  return buildNetwork(network, options.inputShapes);
}

function loadWeights(
  found: FoundWeights,
  { records }: SavedObject,
  { name, inputShapes }: TorchSaveOptions,
  arch: string,
): LoadedModel {
  const architecture = named("--arch", () => readArchitecture(arch));
  const problems = compareKeys(architecture, found.weights);
  if (problems.length > 0) throw new CompileError(problems.map((problem) => `--arch: ${problem}`));
  const shapes =
    inputShapes.length > 0 ? inputShapes : architecture.inputs.flatMap(({ shape }) => (shape ? [shape] : []));
  if (shapes.length !== architecture.inputs.length)
    throw new CompileError(
      `--arch: ${shapes.length} input shapes for ${architecture.inputs.length} inputs; write "input": [1, 3, 32, 32], or pass --input`,
    );
  shapes.forEach(checkInputShape);
  const network: Network = {
    name,
    inputNames: architecture.inputs.map((input) => input.name),
    records,
    run: (context, inputs) =>
      collect(context, (whole) => runArchitecture(architecture, found.weights, whole, inputs)),
    notes: () => found.notes,
  };
  return buildNetwork(network, shapes);
}

function named<Result>(place: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    throw new CompileError(error.problems.map((problem) => `${place}: ${problem}`));
  }
}

function refuseWeights({ weights, key }: FoundWeights): CompileError {
  const tensors = [...weights];
  const shown = tensors.slice(0, 4).map(([name, tensor]) => `${name} ${tensor.size.join("x") || "scalar"}`);
  const more = tensors.length > shown.length ? ", ..." : "";
  const where = key === undefined ? "" : ` under "${key}"`;
  const held = `holds ${tensors.length} tensors${where} (${shown.join(", ")}${more}) but no architecture`;
  const last = advice(tensors.map(([, tensor]) => tensor));
  return new CompileError(
    `state_dict: ${held}; describe it in a file for --arch, or load it into your model and ${last}`,
  );
}

function advice(tensors: readonly PickleTensor[]): string {
  const first = tensors.map(({ size }) => size).find((size) => size.length === 4 || size.length === 2);
  const example = first?.length === 2 ? `1, ${first[1]}` : `1, ${first?.[1] ?? 3}, 32, 32`;
  const comment = first?.length === 2 ? "" : "  # your height and width";
  return (
    "save it with these two lines:\n" +
    `  traced = torch.jit.trace(model.eval(), torch.zeros(${example}))${comment}\n` +
    '  traced.save("model.pt")'
  );
}
