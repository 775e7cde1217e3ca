/**
 * Arithmetic, comparison and logic on numbers, strings and lists: what shapes and flags are computed with. Arithmetic
 * on activations is in `elementwise.ts`.
 */
import { isTensor, isValue, sequenceItems, unknownValue } from "../value.ts";
import type { Value } from "../value.ts";
import { scalar } from "./arguments.ts";
import { combine, hasActivation } from "./elementwise.ts";
import type { Arithmetic } from "./elementwise.ts";
import { fail, inPlace, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall, Parameters } from "./operator.ts";

const longestList = 10_000;
const two: Parameters = { input: required, other: required };

function numeric(operate: (left: number, right: number) => Value): Operator {
  return {
    parameters: two,
    run: (call) => {
      const left = scalar(call, "input");
      const right = scalar(call, "other");
      return left === undefined || right === undefined
        ? refuse(call, "is not supported on tensors")
        : operate(left, right);
    },
  };
}

/** Comparing tensors gives numbers only running the network would tell. */
function compare(operate: (left: Value, right: Value) => boolean): Operator {
  return {
    parameters: two,
    run: (call) => {
      const [left, right] = [
        scalar(call, "input") ?? call.args.input!,
        scalar(call, "other") ?? call.args.other!,
      ];
      return isTensor(left) || isTensor(right) ? unknownValue : operate(left, right);
    },
  };
}

function logic(operate: (left: boolean, right: boolean) => boolean): Operator {
  return { parameters: two, run: (call) => operate(call.args.input === true, call.args.other === true) };
}

/** `x is None`: an unknown tensor is something all the same. */
function identity(isNegated: boolean): Operator {
  const run = ({ args }: OperatorCall): Value => (args.input === args.other) !== isNegated;
  return { parameters: two, acceptsUnknown: true, run };
}

/** Of numbers, or of tensors. */
function mixed(what: Arithmetic, operate: (left: number, right: number) => number): Operator {
  return {
    parameters: { ...two, alpha: 1 },
    run: (call) => (hasActivation(call) ? combine(call, what) : numeric(operate).run(call)),
  };
}

const addition = mixed("add", (a, b) => a + b);

const add: Operator = {
  ...addition,
  run: (call) => {
    const [left, right] = [sequenceItems(call.args.input), sequenceItems(call.args.other)];
    if (left && right) return concatenate(call, left, right);
    if (typeof call.args.input === "string")
      return shortText(call, `${call.args.input}${String(call.args.other)}`);
    return addition.run(call);
  },
};

const sub = mixed("sub", (a, b) => a - b);
const mul = { ...mixed("mul", (a, b) => a * b), parameters: two };
const div: Operator = { parameters: { ...two, rounding_mode: null }, run: divide };

/** other − alpha × input. */
const rsub: Operator = {
  parameters: { ...two, alpha: 1 },
  run: (call) =>
    sub.run({ ...call, args: { ...call.args, input: call.args.other!, other: call.args.input! } }),
};

const pow: Operator = {
  parameters: { input: required, exponent: required },
  run: (call) => {
    const { input, exponent } = call.args;
    if (!isValue(input, "activation"))
      return numeric((a, b) => a ** b).run({ ...call, args: { input: input!, other: exponent! } });
    if (exponent !== 2) return refuse(call, "of powers only squares are supported");
    return combine({ ...call, args: { input, other: input } }, "mul");
  },
};

/** Of numbers only. */
function rounding(round: (value: number) => number): Operator {
  return {
    parameters: { input: required },
    run: (call) => {
      const value = scalar(call, "input");
      return value === undefined ? refuse(call, "is not supported on tensors") : round(value);
    },
  };
}

const square: Operator = {
  parameters: { input: required },
  run: (call) => pow.run({ ...call, args: { ...call.args, exponent: 2 } }),
};

const not: Operator = { parameters: { input: required }, run: ({ args }) => args.input !== true };

const negative: Operator = {
  parameters: { input: required },
  run: (call) => {
    const value = scalar(call, "input");
    if (value !== undefined) return -value;
    return mul.run({ ...call, args: { ...call.args, other: -1 } });
  },
};

const contains: Operator = {
  parameters: { list: required, item: required },
  run: ({ args }) => (sequenceItems(args.list) ?? []).some((item) => isEqual(item, args.item!)),
};

const less = compare((a, b) => a! < b!);
const greater = compare((a, b) => a! > b!);
const floorDivide = numeric((a, b) => Math.floor(a / b));

export const arithmetics: Readonly<Record<string, Operator>> = {
  add,
  add_: inPlace(add),
  sub,
  sub_: inPlace(sub),
  rsub,
  mul,
  mul_: inPlace(mul),
  div,
  div_: inPlace(div),
  true_divide: div,
  pow,
  square,
  floordiv: floorDivide,
  floor_divide: floorDivide,
  remainder: numeric((a, b) => a - Math.floor(a / b) * b),
  neg: negative,
  eq: compare(isEqual),
  ne: compare((a, b) => !isEqual(a, b)),
  lt: less,
  gt: greater,
  le: compare((a, b) => a! <= b!),
  ge: compare((a, b) => a! >= b!),
  floor: rounding(Math.floor),
  ceil: rounding(Math.ceil),
  trunc: rounding(Math.trunc),
  "prim.min": numeric(Math.min),
  "prim.max": numeric(Math.max),
  __is__: identity(false),
  __isnot__: identity(true),
  __not__: not,
  __and__: logic((a, b) => a && b),
  __or__: logic((a, b) => a || b),
  __contains__: contains,
};

function divide(call: OperatorCall): Value {
  const mode = call.args.rounding_mode;
  if (hasActivation(call))
    return mode === null
      ? combine(call, "div")
      : refuse(call, "rounding a quotient of tensors is not supported");
  const round =
    mode === "trunc" ? Math.trunc : mode === "floor" ? Math.floor : (value: number): number => value;
  return numeric((a, b) => round(a / b)).run(call);
}

function concatenate(call: OperatorCall, left: readonly Value[], right: readonly Value[]): Value {
  if (left.length + right.length > longestList) fail(call, `makes a list longer than ${longestList}`);
  return { kind: "list", items: [...left, ...right] };
}

const longestText = 100_000;

export function shortText(call: OperatorCall, text: string): string {
  return text.length > longestText ? fail(call, `makes a text longer than ${longestText}`) : text;
}

function isEqual(left: Value, right: Value, depth = 0): boolean {
  const [a, b] = [sequenceItems(left), sequenceItems(right)];
  if (!a || !b) return left === right;
  return depth < 10 && a.length === b.length && a.every((item, index) => isEqual(item, b[index]!, depth + 1));
}
