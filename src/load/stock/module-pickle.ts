/**
 * A whole module saved with `torch.save(model)`. Its `forward()` is not in the file, so it can be read only where every
 * class is one of `torch.nn` whose meaning is known, put together by `nn.Sequential`.
 */
import { CompileError } from "../../error.ts";
import type { OperatorContext } from "../aten/operator.ts";
import { isKind } from "../pickle.ts";
import { globalName } from "../pickle-value.ts";
import type { PickleDict, PickleObject, PickleValue } from "../pickle-value.ts";
import { listOf } from "../value.ts";
import type { Value } from "../value.ts";
import type { LayerCall, StockLayer } from "./layer.ts";
import { findStockLayer } from "./layers.ts";

/** One layer of the chain. */
export interface ChainLayer {
  /** Path in the module, such as `features.0`. */
  readonly path: string;
  readonly layer: StockLayer;
  readonly options: Readonly<Record<string, Value>>;
  readonly weights: Readonly<Record<string, Value>>;
}

export interface Chain {
  readonly layers: readonly ChainLayer[];
  readonly notes: readonly string[];
}

const deepest = 60;
const mostLayers = 10_000;
const sequential = "torch.nn.modules.container.Sequential";

/** The layers of a module that is nothing but a chain, or the reason why it is not. */
export function readChain(root: PickleObject): Chain | { readonly obstacle: string } {
  const layers: ChainLayer[] = [];
  const notes: string[] = [];
  const visit = (module: PickleObject, path: string, depth: number): string | undefined => {
    if (depth > deepest || layers.length > mostLayers) return "it is nested too deeply";
    const children = readChildren(module);
    if (children) {
      if (globalName(module.type) !== sequential) {
        notes.push(
          `${path === "" ? "the model" : path} is of class ${globalName(module.type)}, taken for nn.Sequential: ` +
            "its forward() is not in the file; compare outputs",
        );
      }
      for (const [name, child] of children) {
        const at = path === "" ? name : `${path}.${name}`;
        const obstacle = isKind(child, "object")
          ? visit(child, at, depth + 1)
          : child === null
            ? undefined
            : `${at} is not a module`;
        if (obstacle !== undefined) return obstacle;
      }
      return undefined;
    }
    const found = readLayer(module, path);
    if (typeof found === "string") return found;
    layers.push(found);
    return undefined;
  };
  const obstacle = visit(root, "", 0);
  if (obstacle !== undefined) return { obstacle };
  if (isTraining(root)) notes.push("saved in training mode; read as after model.eval()");
  return { layers, notes };
}

/** What the chain computes. */
export function runChain({ layers }: Chain, context: OperatorContext, input: Value): Value {
  return layers.reduce<Value>((value, { path, layer, options, weights }) => {
    const frame = { module: { path, isLeaf: true }, call: {} };
    const base: LayerCall["base"] = { frame, source: "data.pkl", context };
    return layer.run({ base, options, weights, input: value });
  }, input);
}

/**
 * Names and modules of what is an `nn.Sequential`, or seems to be a class derived from it: its modules are numbered
 * from 0 on, and it has no parameters of its own.
 */
function readChildren(module: PickleObject): readonly (readonly [string, PickleValue])[] | undefined {
  const modules = dictOf(module, "_modules");
  if (!modules) return undefined;
  const children = [...modules.entries].map(([name, child]) => [String(name), child] as const);
  if (globalName(module.type) === sequential) return children;
  if (module.type.module.startsWith("torch.") || children.length === 0) return undefined;
  const isNumbered = children.every(([name], index) => name === String(index));
  const own = [dictOf(module, "_parameters"), dictOf(module, "_buffers")];
  return isNumbered && own.every((dict) => !dict || dict.entries.size === 0) ? children : undefined;
}

function readLayer(module: PickleObject, path: string): ChainLayer | string {
  const place = path === "" ? "the model" : path;
  const { state, type } = module;
  const stock = type.module.startsWith("torch.nn.modules.") ? findStockLayer(type.name) : undefined;
  if (!stock || !isKind(state, "dict"))
    return `${place} is of class ${globalName(type)}, whose forward() is not in the file`;
  const options: Record<string, Value> = {};
  for (const [name, fallback] of Object.entries(stock.options)) {
    const saved = convert(state.entries.get(name), 0);
    if (saved !== undefined) options[name] = saved;
    else if (typeof fallback !== "symbol") options[name] = fallback;
    else return `${place} (${type.name}) has no ${name}`;
  }
  const weights: Record<string, Value> = {};
  for (const dict of [dictOf(module, "_parameters"), dictOf(module, "_buffers")]) {
    for (const [name, saved] of dict?.entries ?? []) {
      if (typeof name !== "string" || !weightNames.has(name)) continue;
      weights[name] = isKind(saved, "tensor")
        ? { kind: "constant", name: path === "" ? name : `${path}.${name}`, tensor: saved }
        : null;
    }
  }
  return { path, layer: stock, options, weights };
}

/** All that the known layers have; anything else is left out, such as `num_batches_tracked`. */
const weightNames = new Set(["weight", "bias", "running_mean", "running_var"]);

function dictOf(module: PickleObject, name: string): PickleDict | undefined {
  const found = isKind(module.state, "dict") ? module.state.entries.get(name) : undefined;
  return found !== undefined && isKind(found, "dict") ? found : undefined;
}

function isTraining(module: PickleObject): boolean {
  return isKind(module.state, "dict") && module.state.entries.get("training") === true;
}

/** Plain data; undefined for what is not, or is not there. */
function convert(saved: PickleValue | undefined, depth: number): Value | undefined {
  if (saved === undefined || depth > 3) return undefined;
  if (saved === null || typeof saved === "boolean" || typeof saved === "number" || typeof saved === "string")
    return saved;
  if (typeof saved === "bigint") return Number(saved);
  if (!isKind(saved, "list") && !isKind(saved, "tuple")) return undefined;
  const items = saved.items.map((item) => convert(item, depth + 1));
  return items.some((item) => item === undefined) ? undefined : listOf(items as Value[]);
}

/** How a module that is no chain is refused. */
export function describeModule(module: PickleObject, obstacle: string, advice: string): CompileError {
  const modules = dictOf(module, "_modules");
  const names = modules ? [...modules.entries.keys()].slice(0, 8).map(String) : [];
  const inside = names.length > 0 ? ` (modules ${names.join(", ")})` : "";
  const reason = obstacle.startsWith("the model is of class")
    ? "its forward() is Python code that is not in the file"
    : obstacle;
  return new CompileError(
    `whole-module pickle of class ${globalName(module.type)}${inside}: ${reason}; ${advice}`,
  );
}
