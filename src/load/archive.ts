/**
 * A TorchScript archive opened: its code by name, its root module, its constants and its weights, each read when it is
 * first asked for. It knows where things are in the file; `evaluator.ts` knows what they do.
 */
import { CompileError } from "../error.ts";
import { isKind, readPickle } from "./pickle.ts";
import type { PickleObject, PickleTensor, PickleValue } from "./pickle-value.ts";
import type { ClassDefinition, FunctionDefinition, ScriptFile } from "./script-ast.ts";
import { parseScript } from "./script-parser.ts";
import { unpack } from "./quantized/packed.ts";
import { isValue, unknownValue } from "./value.ts";
import type { ModuleValue, Value } from "./value.ts";
import type { ZipArchive } from "./zip.ts";

const deepestNesting = 100;

/** Classes written in C++; their state is data, their code is not in the file. */
const nativeClasses = "__torch__.torch.classes.";

/** Modules PyTorch puts in while it quantises, whose `training` nobody sets and nothing reads. */
const isMadeAnew = /\bquantized\b|\bIdentity$|^__torch__\.torch\.nn\.modules\.module\b/;

export class TorchScriptArchive {
  readonly zip: ZipArchive;
  readonly root: ModuleValue;
  readonly #folder: string;
  readonly #files = new Map<string, ScriptFile | null>();
  /** Converted containers, so that what is shared in the pickle stays shared and cycles end. */
  readonly #converted = new Map<PickleValue, Value>();
  #constants: readonly Value[] | undefined;
  #trainingModules = 0;

  constructor(zip: ZipArchive) {
    this.zip = zip;
    this.#folder = findFolder(zip.names);
    const saved = this.#pickle("data");
    if (!isKind(saved, "object"))
      throw new CompileError("data.pkl: holds no module; save with torch.jit.save");
    const root = this.#convert(saved, "", 0);
    if (!isValue(root, "module"))
      throw new CompileError("data.pkl: its root is not a module of dictionaries");
    this.root = root;
  }

  /** Modules whose `training` flag was set; it is read as false. */
  get trainingModules(): number {
    return this.#trainingModules;
  }

  /** `CONSTANTS.c3`. */
  constant(name: string): Value {
    this.#constants ??= this.#readConstants();
    return this.#constants[Number(name.slice(1))] ?? unknownValue;
  }

  /** A free function by its dotted name. */
  findFunction(path: string): FunctionDefinition | undefined {
    const { file, name } = splitPath(path);
    return this.#file(file)?.functions.get(name);
  }

  findClass(path: string): ClassDefinition | undefined {
    const { file, name } = splitPath(path);
    return this.#file(file)?.classes.get(name);
  }

  /** Sizes of the example inputs that PyTorch 2 keeps beside a traced model. */
  tracedInputShapes(): readonly (readonly number[])[] {
    const name = `${this.#folder}traced_inputs.pkl`;
    return this.zip.has(name) ? findTensors(this.#pickle("traced_inputs"), 0).map(({ size }) => size) : [];
  }

  #pickle(name: "data" | "constants" | "traced_inputs"): PickleValue {
    const bytes = this.zip.read(`${this.#folder}${name}.pkl`);
    return readPickle(bytes, { file: `${name}.pkl`, strict: true, storagePrefix: `${this.#folder}${name}/` })
      .value;
  }

  #readConstants(): readonly Value[] {
    if (!this.zip.has(`${this.#folder}constants.pkl`)) return [];
    const saved = this.#pickle("constants");
    if (!isKind(saved, "tuple")) return [];
    return saved.items.map((item, index) => this.#convert(item, `CONSTANTS.c${index}`, 0));
  }

  #file(path: string): ScriptFile | undefined {
    const known = this.#files.get(path);
    if (known !== undefined) return known ?? undefined;
    const entry = `${this.#folder}code/${path}`;
    const parsed = this.zip.has(entry) ? parseScript(this.zip.readText(entry), `code/${path}`) : null;
    this.#files.set(path, parsed);
    return parsed ?? undefined;
  }

  /** `path` names the value for messages and, for modules, for layers. */
  #convert(saved: PickleValue, path: string, depth: number): Value {
    if (
      saved === null ||
      typeof saved === "boolean" ||
      typeof saved === "number" ||
      typeof saved === "string"
    ) {
      return saved;
    }
    if (typeof saved === "bigint") return Number(saved);
    if (depth > deepestNesting)
      throw new CompileError(`data.pkl: ${path}: nested more than ${deepestNesting} deep`);
    const known = this.#converted.get(saved);
    if (known !== undefined) return known;
    switch (saved.kind) {
      case "tensor":
        return { kind: "constant", name: path, tensor: saved };
      case "list":
      case "tuple":
        return this.#convertItems(saved, saved.items, path, depth);
      case "object":
        return this.#convertModule(saved, path, depth);
      case "dict":
      case "global":
      case "storage":
        return unknownValue;
    }
  }

  #convertItems(saved: PickleValue, from: readonly PickleValue[], path: string, depth: number): Value {
    const items: Value[] = [];
    this.#converted.set(saved, { kind: "list", items });
    from.forEach((item, index) => items.push(this.#convert(item, `${path}.${index}`, depth + 1)));
    const value: Value = isKind(saved, "tuple") ? { kind: "tuple", items } : { kind: "list", items };
    this.#converted.set(saved, value);
    return value;
  }

  #convertModule(saved: PickleObject, path: string, depth: number): Value {
    if (!isKind(saved.state, "dict")) return this.#convertState(saved, path, depth);
    const { entries } = saved.state;
    const attributes = new Map<string, Value>();
    const isLeaf = ![...entries].some(
      ([name, value]) => name !== "_packed_params" && isKind(value, "object"),
    );
    const module: ModuleValue = { kind: "module", path, type: typeName(saved), attributes, isLeaf };
    this.#converted.set(saved, module);
    for (const [name, value] of entries) {
      if (typeof name === "string") attributes.set(name, this.#attribute(name, value, module, depth));
    }
    return module;
  }

  /** What a class's own `__getstate__` saved: a module still to be restored, or packed quantised weights. */
  #convertState(saved: PickleObject, path: string, depth: number): Value {
    const state = this.#convert(saved.state, path, depth + 1);
    const { module, name } = saved.type;
    const value: Value = module.startsWith(nativeClasses)
      ? (unpack(name, state, path) ?? unknownValue)
      : { kind: "module", path, type: typeName(saved), attributes: new Map(), isLeaf: true, saved: state };
    this.#converted.set(saved, value);
    return value;
  }

  #attribute(name: string, saved: PickleValue, { path, type }: ModuleValue, depth: number): Value {
    if (name === "training" && saved === true) {
      if (!isMadeAnew.test(type)) this.#trainingModules += 1;
      return false;
    }
    return this.#convert(saved, path === "" ? name : `${path}.${name}`, depth + 1);
  }
}

function typeName(saved: PickleObject): string {
  return `${saved.type.module}.${saved.type.name}`;
}

/** The folder of the one `data.pkl` that has code beside it, with its slash; renaming a file does not rename it. */
function findFolder(names: readonly string[]): string {
  const data = names.find((name) => name === "data.pkl" || name.endsWith("/data.pkl")) ?? "data.pkl";
  return data.slice(0, -"data.pkl".length);
}

function splitPath(path: string): { file: string; name: string } {
  const parts = path.split(".");
  const name = parts.pop()!;
  return { file: `${parts.join("/")}.py`, name };
}

/** Tensors in the order they were given, of lists no deeper than `forward` takes them. */
function findTensors(saved: PickleValue, depth: number): readonly PickleTensor[] {
  if (isKind(saved, "tensor")) return [saved];
  if (depth > 4) return [];
  const inside = isKind(saved, "dict") ? [...saved.entries.values()] : [];
  const items = isKind(saved, "list") || isKind(saved, "tuple") ? saved.items : inside;
  return items.slice(0, 16).flatMap((item) => findTensors(item, depth + 1));
}
