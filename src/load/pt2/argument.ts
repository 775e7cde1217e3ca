/** Arguments of a `torch.export` program: literals, or names of what other nodes computed. */
import { isObject, listIn, setField, textIn } from "./json.ts";
import type { Json } from "./json.ts";
import { listOf, unknownValue } from "../value.ts";
import type { Value } from "../value.ts";

export type Argument =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Argument[] }
  | { readonly kind: "literal"; readonly value: Value };

/** Fields of the union `Argument` (torch/_export/serde/schema.py), by what stands in them. */
const readers: Readonly<Record<string, (value: Json, place: string) => Argument>> = {
  as_tensor: named,
  as_tensors: (value, place) => items(value, place, named),
  as_optional_tensor: readArgument,
  as_optional_tensors: (value, place) => items(value, place, readArgument),
  as_int: literal,
  as_ints: literals,
  as_bool: literal,
  as_bools: literals,
  as_float: literal,
  as_floats: literals,
  as_string: (value) => ({ kind: "literal", value: textIn(value, "string") }),
  as_strings: (value, place) =>
    items(value, place, (item) => ({ kind: "literal", value: textIn(item, place) })),
  as_sym_int: symbol,
  as_sym_ints: (value, place) => items(value, place, symbol),
  as_sym_float: symbol,
  as_sym_floats: (value, place) => items(value, place, symbol),
  as_sym_bool: symbol,
  as_sym_bools: (value, place) => items(value, place, symbol),
  as_scalar_type: literal,
  as_memory_format: nothing,
  as_layout: nothing,
  as_device: nothing,
  as_none: nothing,
};

/** What a union says; a field that is not known here is an unknown value. */
export function readArgument(union: Json | undefined, place: string): Argument {
  const { field, value } = setField(union, place);
  return readers[field]?.(value, place) ?? { kind: "literal", value: unknownValue };
}

/** The names in an argument: what an output is called, or each of a list of outputs. */
export function namesIn(argument: Argument): readonly string[] {
  switch (argument.kind) {
    case "name":
      return [argument.name];
    case "list":
      return argument.items.flatMap(namesIn);
    case "literal":
      return [];
  }
}

/** The argument's value, given those of names. */
export function valueOf(argument: Argument, values: ReadonlyMap<string, Value>): Value {
  switch (argument.kind) {
    case "name": {
      const value = values.get(argument.name);
      return value === undefined ? unknownValue : value;
    }
    case "list":
      return listOf(argument.items.map((item) => valueOf(item, values)));
    case "literal":
      return argument.value;
  }
}

function named(value: Json, place: string): Argument {
  return { kind: "name", name: textIn(isObject(value) ? value.name : value, place) };
}

/** `{"as_name": "s0"}`, `{"as_int": 3}` and the like. */
function symbol(value: Json, place: string): Argument {
  const { field, value: inside } = setField(value, place);
  return field === "as_name" ? { kind: "name", name: textIn(inside, place) } : literal(inside);
}

function items(value: Json, place: string, read: (item: Json, place: string) => Argument): Argument {
  return { kind: "list", items: listIn(value, place).map((item) => read(item, place)) };
}

function literals(value: Json, place: string): Argument {
  return items(value, place, literal);
}

/** Numbers JSON has not come as text. */
function literal(value: Json): Argument {
  const numbers: Readonly<Record<string, number>> = { Infinity, "-Infinity": -Infinity, NaN };
  if (typeof value === "string") return { kind: "literal", value: numbers[value] ?? unknownValue };
  return {
    kind: "literal",
    value: typeof value === "number" || typeof value === "boolean" ? value : unknownValue,
  };
}

function nothing(): Argument {
  return { kind: "literal", value: null };
}
