/**
 * Reads an architecture file: what a state_dict does not tell, as JSON in PyTorch's own words.
 *
 *     { "input": [1, 3, 32, 32],
 *       "layers": [
 *         { "name": "conv1", "type": "Conv2d", "padding": 1 },
 *         { "type": "relu" },
 *         { "name": "skip", "type": "Conv2d", "from": "conv1" },
 *         { "type": "add", "from": ["1", "skip"] } ],
 *       "output": "3" }
 *
 * `type` is a class of `torch.nn` with the options of its constructor, or a function of `torch` with its arguments.
 * A layer is called `name`, or by its number, as in `nn.Sequential`; so are its weights in the state_dict, unless
 * `weights` names another layer's. It reads the layer before it, or those in `from`; `input` is the network's input,
 * and of several, `inputs` maps each name to its shape. `output` is the last layer unless it names others.
 */
import { CompileError } from "../../error.ts";
import { required } from "../aten/operator.ts";
import { findOperator } from "../aten/table.ts";
import { listOf } from "../value.ts";
import type { Value } from "../value.ts";
import type { Options, StockLayer } from "./layer.ts";
import { findStockLayer, stockLayerNames } from "./layers.ts";

export interface ArchitectureLayer {
  readonly name: string;
  /** For messages: `layers[3] (Conv2d)`. */
  readonly place: string;
  readonly from: readonly string[];
  /** Prefix of its weights in the state_dict. */
  readonly weights: string;
  /** A class of `torch.nn`, or the name of an operator. */
  readonly what: StockLayer | string;
  readonly options: Options;
}

export interface Architecture {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] | undefined }[];
  readonly layers: readonly ArchitectureLayer[];
  readonly outputs: readonly string[];
}

const mostLayers = 10_000;
const reserved = new Set(["name", "type", "from", "weights", "comment"]);

/** @throws CompileError with all that is wrong with the file. */
export function readArchitecture(text: string): Architecture {
  const root = parseObject(text);
  const problems: string[] = [];
  const unknown = [...root.keys()].filter(
    (key) => !["input", "inputs", "layers", "output", "comment"].includes(key),
  );
  if (unknown.length > 0)
    problems.push(`unknown key ${unknown.join(", ")}; expected input, inputs, layers, output, comment`);
  const inputs = readInputs(root, problems);
  const given = root.get("layers");
  if (!Array.isArray(given) || given.length === 0 || given.length > mostLayers)
    throw new CompileError([...problems, 'expected "layers", a list of at least one layer']);
  const seen = new Set(inputs.map(({ name }) => name));
  let before = inputs[0]!.name;
  const layers = given.flatMap((item: unknown, index) => {
    const layer = readLayer(item, index, before, seen, problems);
    if (!layer) return [];
    seen.add(layer.name);
    before = layer.name;
    return [layer];
  });
  const outputs = root.has("output") ? names(root.get("output")) : [before];
  for (const output of outputs ?? [])
    if (!seen.has(output)) problems.push(`output ${output}: no layer has this name`);
  if (!outputs || outputs.length === 0)
    problems.push("output: expected the name of a layer, or a list of them");
  if (problems.length > 0) throw new CompileError(problems);
  return { inputs, layers, outputs: outputs! };
}

/** As a map, so that no name in the file can be one of JavaScript's own. */
function parseObject(text: string): ReadonlyMap<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new CompileError(`is not valid JSON (${(error as Error).message})`);
  }
  const entries = entriesOf(parsed);
  if (!entries) throw new CompileError('expected an object with "layers"');
  return entries;
}

function entriesOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? new Map(Object.entries(value)) : undefined;
}

function readInputs(root: ReadonlyMap<string, unknown>, problems: string[]): Architecture["inputs"] {
  const named = entriesOf(root.get("inputs"));
  const given = named ? [...named] : [["input", root.get("input")] as const];
  const inputs = given.map(([name, shape]) => {
    if (shape === undefined) return { name, shape: undefined };
    const isShape = Array.isArray(shape) && shape.every((extent) => typeof extent === "number");
    if (!isShape) problems.push(`input ${name}: expected its shape, such as [1, 3, 32, 32]`);
    return { name, shape: isShape ? (shape as number[]) : undefined };
  });
  return inputs.length > 0 ? inputs : [{ name: "input", shape: undefined }];
}

function readLayer(
  item: unknown,
  index: number,
  before: string,
  seen: ReadonlySet<string>,
  problems: string[],
): ArchitectureLayer | undefined {
  const entries = entriesOf(item);
  const type = entries?.get("type");
  if (!entries || typeof type !== "string") {
    problems.push(`layers[${index}]: expected an object with "type", such as "Conv2d"`);
    return undefined;
  }
  const place = `layers[${index}] (${type})`;
  const name = entries.get("name") ?? String(index);
  const from = entries.has("from") ? names(entries.get("from")) : [before];
  const weights = entries.get("weights") ?? name;
  const what = findStockLayer(type) ?? (findOperator(type) ? type : undefined);
  if (what === undefined)
    problems.push(
      `${place}: unknown type; one of ${stockLayerNames.join(", ")}, or a function such as relu, add, cat`,
    );
  if (typeof name !== "string" || typeof weights !== "string" || !from || from.length === 0) {
    problems.push(`${place}: name and weights are texts, from is a name or a list of names`);
    return undefined;
  }
  if (seen.has(name))
    problems.push(`${place}: ${name} is the name of another layer or of an input; rename it`);
  for (const source of from)
    if (!seen.has(source)) problems.push(`${place}: reads ${source}, which no layer before it is called`);
  if (what === undefined) return { name, place, from, weights, what: "detach", options: {} };
  return { name, place, from, weights, what, options: readOptions(entries, what, place, problems) };
}

function names(value: unknown): readonly string[] | undefined {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.every((item) => typeof item === "string") ? items : undefined;
}

function readOptions(
  entries: ReadonlyMap<string, unknown>,
  what: StockLayer | string,
  place: string,
  problems: string[],
): Options {
  const known = typeof what === "string" ? findOperator(what)!.parameters : what.options;
  const options: Record<string, Value> = {};
  for (const [name, given] of entries) {
    if (reserved.has(name)) continue;
    const value = Object.hasOwn(known, name) ? toValue(given, 0) : undefined;
    if (value !== undefined) options[name] = value;
    else if (!Object.hasOwn(known, name))
      problems.push(`${place}: unknown option ${name}; it has ${Object.keys(known).join(", ") || "none"}`);
    else
      problems.push(
        `${place}: ${name} is ${JSON.stringify(given)}, expected a number, text, true, false or a list`,
      );
  }
  if (typeof what === "string") return options;
  for (const [name, fallback] of Object.entries(known)) {
    if (Object.hasOwn(options, name)) continue;
    if (fallback === required) problems.push(`${place}: needs ${name}`);
    else options[name] = fallback as Value;
  }
  return options;
}

function toValue(given: unknown, depth: number): Value | undefined {
  if (given === null || typeof given === "boolean" || typeof given === "number" || typeof given === "string")
    return given;
  if (!Array.isArray(given) || depth > 3) return undefined;
  const items = given.map((item) => toValue(item, depth + 1));
  return items.some((item) => item === undefined) ? undefined : listOf(items as Value[]);
}
