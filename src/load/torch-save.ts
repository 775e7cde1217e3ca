/**
 * What `torch.save` wrote: weights without the network that uses them. Such a file is never enough; this module says
 * what it holds and which two lines save the whole.
 */
import { CompileError } from "../error.ts";
import { isKind, readPickle } from "./pickle.ts";
import { globalName } from "./pickle-value.ts";
import type { PickleDict, PickleTensor, PickleValue } from "./pickle-value.ts";
import type { ZipArchive } from "./zip.ts";

/** The refusal of a zip file of `torch.save`. */
export function refuseTorchSave(zip: ZipArchive): CompileError {
  const entry = zip.names.find((name) => name === "data.pkl" || name.endsWith("/data.pkl"))!;
  const storagePrefix = `${entry.slice(0, -"data.pkl".length)}data/`;
  return describe(readPickle(zip.read(entry), { file: "data.pkl", strict: false, storagePrefix }).value);
}

/** The refusal of a file from before PyTorch 1.6: pickles of magic, protocol and system information, then the object. */
export function refuseLegacyTorchSave(bytes: Uint8Array): CompileError {
  const options = { file: "legacy torch.save file", strict: false, storagePrefix: "" };
  let start = 0;
  for (let skipped = 0; skipped < 3; ++skipped) start = readPickle(bytes, { ...options, start }).end;
  return describe(readPickle(bytes, { ...options, start }).value);
}

function describe(root: PickleValue): CompileError {
  if (isKind(root, "object")) return describeObject(globalName(root.type), root.isCall, root.state);
  const { dict, key } = findStateDict(root);
  const tensors = dict ? tensorsOf(dict) : [];
  if (tensors.length === 0) return new CompileError(`torch.save file without a model; ${advice(tensors)}`);
  const shown = tensors.slice(0, 4).map(([name, tensor]) => `${name} ${tensor.size.join("x") || "scalar"}`);
  const more = tensors.length > shown.length ? ", ..." : "";
  const where = key === undefined ? "" : ` under "${key}"`;
  const held = `holds ${tensors.length} tensors${where} (${shown.join(", ")}${more}) but no architecture`;
  return new CompileError(`state_dict: ${held}; load it into your model, then ${advice(tensors)}`);
}

function describeObject(type: string, isCall: boolean, state: PickleValue): CompileError {
  if (type.startsWith("torch.fx."))
    return new CompileError(`pickled FX graph, Python code inside; ${advice([])}`);
  if (isCall)
    return new CompileError(`refused: pickle references ${type}; do not open this file with Python`);
  const modules = isKind(state, "dict") ? state.entries.get("_modules") : null;
  const names = isKind(modules ?? null, "dict")
    ? [...(modules as PickleDict).entries.keys()].slice(0, 8).map(String)
    : [];
  const inside = names.length > 0 ? ` (modules ${names.join(", ")})` : "";
  return new CompileError(
    `whole-module pickle of class ${type}${inside}: its forward() is Python code that is not in the file; ${advice([])}`,
  );
}

/** A dictionary of tensors: the root itself, or the value of a usual key in a checkpoint. */
function findStateDict(root: PickleValue): { dict?: PickleDict; key?: string } {
  if (!isKind(root, "dict")) return {};
  if (tensorsOf(root).length > 0) return { dict: root };
  for (const [key, value] of root.entries) {
    if (typeof key === "string" && isKind(value, "dict") && tensorsOf(value).length > 0)
      return { dict: value, key };
  }
  return {};
}

function tensorsOf(dict: PickleDict): readonly (readonly [string, PickleTensor])[] {
  return [...dict.entries].flatMap(([name, value]) =>
    isKind(value, "tensor") ? [[String(name), value] as const] : [],
  );
}

function advice(tensors: readonly (readonly [string, PickleTensor])[]): string {
  const first = tensors.map(([, { size }]) => size).find((size) => size.length === 4 || size.length === 2);
  const example = first?.length === 2 ? `1, ${first[1]}` : `1, ${first?.[1] ?? 3}, 32, 32`;
  const comment = first?.length === 2 ? "" : "  # your height and width";
  return (
    "save it with these two lines:\n" +
    `  traced = torch.jit.trace(model.eval(), torch.zeros(${example}))${comment}\n` +
    '  traced.save("model.pt")'
  );
}
