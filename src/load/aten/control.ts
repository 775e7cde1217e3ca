/** What a program needs besides arithmetic: lists, text, conversions between tensors and numbers, exceptions. */
import {
  describeValue,
  findUnknown,
  isTensor,
  isValue,
  listOf,
  sequenceItems,
  unknownShape,
  unknownValue,
} from "../value.ts";
import type { Value } from "../value.ts";
import { scalar } from "./arguments.ts";
import { shortText } from "./arithmetic.ts";
import { doubt, fail, required } from "./operator.ts";
import type { Operator, OperatorCall } from "./operator.ts";

/** Values of dtype and device, which nothing here depends on. */
const nothing: Operator = { parameters: { input: required }, acceptsUnknown: true, run: () => null };
const yes: Operator = { ...nothing, run: () => true };
const no: Operator = { ...nothing, run: () => false };

const len: Operator = {
  parameters: { list: required },
  run: (call) => {
    const { list } = call.args;
    if (isValue(list, "activation")) return list.shape[0] ?? 0;
    if (typeof list === "string") return list.length;
    return sequenceItems(list)?.length ?? unknownShape;
  },
};

/** Text with each `{}` replaced; for messages only, so an unknown is allowed. */
const format: Operator = {
  parameters: { text: required, a: null, b: null, c: null, d: null, e: null, f: null, g: null, h: null },
  acceptsUnknown: true,
  run: (call) => {
    const [text, ...rest] = Object.values(call.args);
    let index = 0;
    const filled = describeValue(text).replace(/\{\}/g, () => describeValue(rest[index++]));
    return shortText(call, filled);
  },
};

const warn: Operator = {
  parameters: { message: required, stacklevel: 2 },
  acceptsUnknown: true,
  run: () => null,
};

const raise: Operator = {
  parameters: { message: required, type: null },
  acceptsUnknown: true,
  run: (call) => {
    const { path } = call.frame.module;
    const where = { ...call, operation: path === "" ? "the model" : "this layer" };
    return fail(
      where,
      `refuses its input: ${describeValue(call.args.message)} (${call.source}); check --input`,
    );
  },
};

const append: Operator = {
  parameters: { list: required, item: required },
  acceptsUnknown: true,
  run: ({ args }) => {
    if (isValue(args.list, "list") && args.list.items.length < 10_000) args.list.items.push(args.item!);
    return args.list!;
  },
};

const list: Operator = {
  parameters: { list: required },
  run: ({ args }) => listOf([...(sequenceItems(args.list) ?? [])]),
};

const item: Operator = {
  parameters: { list: required, index: required },
  run: ({ args }) => indexValue(args.list!, args.index!) ?? unknownValue,
};

/** A number as a tensor of one element is the number again: nothing here depends on the difference. */
const numberToTensor: Operator = { parameters: { input: required }, run: ({ args }) => args.input! };

/** A list as a tensor is the list again; its type and device do not matter. */
const tensor: Operator = {
  parameters: { input: required, dtype: null, device: null, requires_grad: false },
  acceptsUnknown: true,
  run: ({ args }) => args.input!,
};

/** Tensors a program makes itself, such as the first state of a recurrent layer. */
const create: Operator = {
  parameters: { size: null, a: null, b: null, c: null, d: null, e: null, f: null },
  acceptsUnknown: true,
  run: (call) => doubt(call, "an output depends on a tensor that the program makes itself; not supported"),
};

/** `int(x)`, `float(x)`, `bool(x)` and their implicit forms; of an activation it is a value only running would tell. */
function convert(change: (value: number) => Value): Operator {
  return {
    parameters: { input: required },
    run: (call: OperatorCall) => {
      const value = scalar(call, "input");
      return value === undefined || isTensor(value) ? unknownValue : change(value);
    },
  };
}

const toInteger = convert(Math.trunc);

export const controls: Readonly<Record<string, Operator>> = {
  len,
  format,
  warn,
  append,
  list,
  __getitem__: item,
  "prim.RaiseException": raise,
  "prim.NumToTensor": numberToTensor,
  "prim.dtype": nothing,
  "prim.device": nothing,
  "prim.layout": nothing,
  "prim.requires_grad": no,
  "prim.is_cuda": no,
  "prim.is_quantized": no,
  "prim.TupleIndex": item,
  tensor,
  lift_fresh: tensor,
  zeros: create,
  ones: create,
  full: create,
  empty: create,
  arange: create,
  linspace: create,
  zeros_like: create,
  ones_like: create,
  full_like: create,
  new_zeros: create,
  new_ones: create,
  device: nothing,
  is_floating_point: yes,
  IntImplicit: toInteger,
  FloatImplicit: convert((value) => value),
  ScalarImplicit: convert((value) => value),
  Int: toInteger,
  Float: convert((value) => value),
  Bool: convert((value) => value !== 0),
  item: convert((value) => value),
};

/** `list[index]`; undefined where there is no such item. */
export function indexValue(value: Value, index: Value): Value | undefined {
  const unknown = findUnknown([value, index]);
  const items = sequenceItems(value);
  if (!items || typeof index !== "number") return unknown ?? unknownValue;
  return items.at(index);
}
