/** Files of `torch.export` written in the test, in both layouts, after the published schema. */
import { strToU8, zipSync } from "fflate";
import { joined, op, pickle, pickleValue, type Weight } from "./archives.ts";

/** A field of the union `Argument`, such as `{ as_ints: [2, 2] }`. */
export type Argument = Readonly<Record<string, unknown>>;

export const tensor = (name: string): Argument => ({ as_tensor: { name } });
export const ints = (...values: readonly number[]): Argument => ({ as_ints: values });

export interface ExportedNode {
  readonly target: string;
  readonly inputs: Readonly<Record<string, Argument>>;
  readonly output: string | readonly Argument[];
  readonly stack?: string;
}

export interface Exported {
  readonly nodes: readonly ExportedNode[];
  readonly weights: Readonly<Record<string, Weight>>;
  /** Sizes of the input `x`; text is a symbol, its hint 16. */
  readonly input: readonly (number | string)[];
  readonly output?: string;
  readonly mutations?: readonly string[];
}

/** The program's name of a weight. */
export const weightName = (key: string): string => `p_${key.replaceAll(".", "_")}`;

const fields = "as_none as_tensor as_tensors as_int as_ints as_float as_bool as_string as_sym_int".split(" ");

/** As PyTorch before 2.3 wrote unions: with every other field as null. */
function withNulls(union: Argument): Argument {
  return { ...Object.fromEntries(fields.map((field) => [field, null])), ...union };
}

const strides = (sizes: readonly number[]): number[] =>
  sizes.map((_, at) => sizes.slice(at + 1).reduce((a, b) => a * b, 1));

function meta(sizes: readonly (number | string)[]): unknown {
  const size = (n: number | string): unknown =>
    typeof n === "number" ? { as_int: n } : { as_expr: { expr_str: n, hint: { as_int: 16 } } };
  const counts = sizes.map((n) => (typeof n === "number" ? n : 1));
  return {
    dtype: 7,
    sizes: sizes.map(size),
    strides: strides(counts).map(size),
    storage_offset: { as_int: 0 },
  };
}

export function programText(
  { nodes, weights, input, output, mutations = [] }: Exported,
  isOld: boolean,
): string {
  const union = isOld ? withNulls : (argument: Argument): Argument => argument;
  const keys = Object.keys(weights);
  const last = nodes.at(-1)!.output;
  const result = output ?? (typeof last === "string" ? last : "");
  const graph = {
    inputs: [...keys.map(weightName), "x"].map((name) => union(tensor(name))),
    outputs: [union(tensor(result))],
    nodes: nodes.map((node) => ({
      target: node.target,
      inputs: Object.entries(node.inputs).map(([name, arg]) => ({ name, arg: union(arg), kind: 1 })),
      outputs: (typeof node.output === "string" ? [tensor(node.output)] : node.output).map(union),
      metadata: node.stack === undefined ? {} : { nn_module_stack: node.stack },
    })),
    tensor_values: { x: meta(input) },
  };
  const signature = {
    input_specs: [
      ...keys.map((key) => union({ parameter: { arg: { name: weightName(key) }, parameter_name: key } })),
      union({ user_input: { arg: tensor("x") } }),
    ],
    output_specs: [
      ...mutations.map((name) => union({ buffer_mutation: { arg: { name: "n" }, buffer_name: name } })),
      union({ user_output: { arg: tensor(result) } }),
    ],
  };
  return JSON.stringify({
    graph_module: { graph, signature, module_call_graph: [] },
    schema_version: isOld ? 2 : { major: 8, minor: 8 },
  });
}

const floats = ({ numbers }: Weight): Uint8Array => new Uint8Array(Float32Array.from(numbers).buffer);

/** A `torch.save` archive of a dictionary of tensors. */
function savedDictionary(weights: Exported["weights"]): Uint8Array {
  const storages: Uint8Array[] = [];
  const items = Object.entries(weights).flatMap(([key, weight]) => [
    pickleValue(key),
    pickleValue(weight, storages),
  ]);
  const entries: Record<string, Uint8Array> = {
    "archive/data.pkl": pickle(joined(op("}("), ...items, op("u"))),
  };
  storages.forEach((bytes, key) => (entries[`archive/data/${key}`] = bytes));
  return zipSync(entries, { level: 0 });
}

/** PyTorch 2.1, with every field of unions; `suffix` is `json` there although it is no JSON, `pt` from 2.3 on. */
export function oldFile(exported: Exported, suffix = "json"): Uint8Array {
  return zipSync({
    "serialized_exported_program.json": strToU8(programText(exported, true)),
    [`serialized_state_dict.${suffix}`]: savedDictionary(exported.weights),
    [`serialized_constants.${suffix}`]: savedDictionary({}),
    version: strToU8("2"),
  });
}

/** PyTorch 2.8: weights are records of their own. */
export function newFile(exported: Exported, more: Readonly<Record<string, string>> = {}): Uint8Array {
  const entries: Record<string, Uint8Array> = {
    "net/archive_format": strToU8("pt2"),
    "net/models/model.json": strToU8(programText(exported, false)),
  };
  const config: Record<string, unknown> = {};
  Object.entries(exported.weights).forEach(([key, weight], index) => {
    entries[`net/data/weights/weight_${index}`] = floats(weight);
    config[key] = {
      path_name: `weight_${index}`,
      is_param: true,
      use_pickle: false,
      tensor_meta: meta(weight.size),
    };
  });
  entries["net/data/weights/model_weights_config.json"] = strToU8(JSON.stringify({ config }));
  for (const [name, text] of Object.entries(more)) entries[`net/${name}`] = strToU8(text);
  return zipSync(entries, { level: 0 });
}
