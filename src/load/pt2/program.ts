/**
 * The program of a `torch.export` file: a list of operator calls in order, with its signature. It knows the JSON;
 * `run-program.ts` knows what the calls do.
 *
 * Source: torch/_export/serde/schema.py, versions 2 (PyTorch 2.1) to 8 (2.8).
 */
import { CompileError } from "../../error.ts";
import { namesIn, readArgument } from "./argument.ts";
import type { Argument } from "./argument.ts";
import { isObject, listIn, objectIn, parseJson, setField, textIn } from "./json.ts";
import type { Json, JsonObject } from "./json.ts";

/** A parameter of the program; `weight` is the name of a saved tensor. */
export type ProgramInput =
  | { readonly kind: "user"; readonly name: string }
  | { readonly kind: "weight"; readonly name: string; readonly weight: string };

export interface ProgramNode {
  /** `torch.ops.aten.conv2d.default` */
  readonly target: string;
  readonly inputs: readonly { readonly name: string; readonly argument: Argument }[];
  /** The names of each output; several where an output is a list. */
  readonly outputs: readonly (readonly string[])[];
  /** The modules it was called in, as `key,path,class;...`; empty where the file does not say. */
  readonly stack: string;
}

/** A size, and where it is left open the name and an example of it. */
export type Size = number | { readonly symbol: string; readonly hint: number | undefined };

export interface Program {
  readonly inputs: readonly ProgramInput[];
  readonly nodes: readonly ProgramNode[];
  readonly outputs: readonly string[];
  /** PyTorch's shapes of its tensors. */
  readonly sizes: ReadonlyMap<string, readonly Size[]>;
}

/** @throws CompileError where the text is no such program, or one exported in training mode. */
export function readProgram(text: string, place: string): Program {
  const whole = objectIn(parseJson(text, place), place);
  const module = objectIn(whole.graph_module, `${place}: graph_module`);
  const graph = objectIn(module.graph, `${place}: graph`);
  const signature = objectIn(module.signature, `${place}: signature`);
  return {
    inputs: listIn(signature.input_specs, `${place}: input_specs`).flatMap((spec) => readInput(spec, place)),
    nodes: listIn(graph.nodes, `${place}: nodes`).map((node, index) =>
      readNode(node, `${place}: node ${index}`),
    ),
    outputs: readOutputs(listIn(signature.output_specs, `${place}: output_specs`), place),
    sizes: readSizes(objectIn(graph.tensor_values ?? {}, `${place}: tensor_values`), place),
  };
}

function readInput(spec: Json, place: string): readonly ProgramInput[] {
  const { field, value } = setField(spec, `${place}: input_specs`);
  const inside = objectIn(value, `${place}: ${field}`);
  const weight = (key: string): readonly ProgramInput[] => {
    const name = textIn(objectIn(inside.arg, `${place}: ${field}`).name, `${place}: ${field}`);
    return [{ kind: "weight", name, weight: textIn(inside[key], `${place}: ${key}`) }];
  };
  switch (field) {
    case "parameter":
      return weight("parameter_name");
    case "buffer":
      return weight("buffer_name");
    case "tensor_constant":
      return weight("tensor_constant_name");
    case "user_input": {
      const names = namesIn(readArgument(inside.arg, `${place}: user_input`));
      return names.map((name) => ({ kind: "user", name }));
    }
    case "custom_obj":
      throw new CompileError(
        `${place}: takes a ${textIn(inside.custom_obj_name, place)}, an object of C++; export without it`,
      );
    default:
      return [];
  }
}

function readOutputs(specs: readonly Json[], place: string): readonly string[] {
  const read = specs.map((spec) => setField(spec, `${place}: output_specs`));
  const mutated = read.filter(({ field }) => field.endsWith("_mutation"));
  if (mutated.length > 0) {
    const names = mutated
      .map(({ value }) => (isObject(value) ? String(value.buffer_name ?? "an input") : ""))
      .slice(0, 3);
    throw new CompileError(
      `${place}: exported in training mode (it changes ${names.join(", ")}${mutated.length > 3 ? ", ..." : ""}); ` +
        "call model.eval() before torch.export.export",
    );
  }
  return read
    .filter(({ field }) => field === "user_output")
    .flatMap(({ value }) => namesIn(readArgument(objectIn(value, place).arg, `${place}: user_output`)));
}

function readNode(value: Json, place: string): ProgramNode {
  const node = objectIn(value, place);
  const metadata = isObject(node.metadata) ? node.metadata : {};
  return {
    target: textIn(node.target, `${place}: target`),
    inputs: listIn(node.inputs, `${place}: inputs`).map((input) => {
      const { name, arg } = objectIn(input, place);
      return { name: textIn(name, `${place}: name`), argument: readArgument(arg, `${place}: arg`) };
    }),
    outputs: listIn(node.outputs, `${place}: outputs`).map((output) => namesIn(readArgument(output, place))),
    stack: typeof metadata.nn_module_stack === "string" ? metadata.nn_module_stack : "",
  };
}

function readSizes(values: JsonObject, place: string): ReadonlyMap<string, readonly Size[]> {
  return new Map(
    Object.entries(values).map(([name, meta]) => [
      name,
      listIn(objectIn(meta, place).sizes, `${place}: sizes of ${name}`).map((size) => readSize(size, place)),
    ]),
  );
}

/** `{"as_int": 3}` or `{"as_expr": {"expr_str": "s0", "hint": {"as_int": 4}}}`. */
function readSize(value: Json, place: string): Size {
  const { field, value: inside } = isObject(value) ? setField(value, place) : { field: "as_int", value };
  if (field === "as_int" && typeof inside === "number") return inside;
  const expression = isObject(inside) ? inside : {};
  const hint = isObject(expression.hint) ? expression.hint.as_int : expression.hint;
  return {
    symbol: typeof expression.expr_str === "string" ? expression.expr_str : "?",
    hint: typeof hint === "number" ? hint : undefined,
  };
}
