/** Operators on known arrays only: shapes, axes, scales and weights, all computed while the file is read. */
import { fail } from "../../aten/operator.ts";
import { countElements } from "../../tensor.ts";
import { affordable, arrayInput, dimensionOf, integerAttribute, type OnnxCall } from "../call.ts";
import type { OnnxOperator } from "../call.ts";
import { broadcastIndex, broadcastShape, fillArray, isIntegerType, makeArray } from "../array.ts";
import { emptyData, readTensorData, type ElementType } from "../tensor-proto.ts";
import type { ArrayValue } from "../value.ts";

/** Applies `operate` to every pair of two arrays, broadcast against each other. */
export function foldPairs(
  operate: (a: number, b: number) => number,
  result?: ElementType,
): NonNullable<OnnxOperator["fold"]> {
  return (call, [left, right]) => {
    if (!left || !right) return fail(call, "lacks an input");
    const shape = broadcastShape(left.shape, right.shape);
    if (!shape) return fail(call, `combines arrays of ${left.shape.join("x")} and ${right.shape.join("x")}`);
    return fillArray(left.name, result ?? left.type, affordable(call, shape), (place) =>
      operate(left.data[broadcastIndex(place, left.shape)]!, right.data[broadcastIndex(place, right.shape)]!),
    );
  };
}

export function foldEach(
  operate: (x: number, call: OnnxCall) => number,
  result?: ElementType,
): NonNullable<OnnxOperator["fold"]> {
  return (call, [input]) => {
    if (!input) return fail(call, "lacks an input");
    const data = emptyData(
      result ?? input.type,
      affordable(call, input.shape).reduce((a, b) => a * b, 1),
    );
    input.data.forEach((x, index) => (data[index] = operate(x, call)));
    return makeArray(input.name, result ?? input.type, input.shape, data);
  };
}

const compare = (operate: (a: number, b: number) => boolean): OnnxOperator => ({
  fold: foldPairs((a, b) => Number(operate(a, b)), "bool"),
});

const constant: OnnxOperator = {
  fold: (call) => {
    const { attributes } = call.node;
    const name = call.node.outputs[0] ?? "";
    const tensor = attributes.get("value")?.tensor;
    if (tensor)
      return { kind: "array", name, shape: tensor.shape, ...readTensorData(tensor, name, undefined) };
    const [key, attribute] = [...attributes][0] ?? ["nothing", undefined];
    switch (key) {
      case "value_int":
        return makeArray(name, "i64", [], Float64Array.of(attribute?.integer ?? 0));
      case "value_float":
        return makeArray(name, "f32", [], Float32Array.of(attribute?.float ?? 0));
      case "value_ints":
        return makeArray(name, "i64", [attribute!.integers.length], Float64Array.from(attribute!.integers));
      case "value_floats":
        return makeArray(name, "f32", [attribute!.floats.length], Float32Array.from(attribute!.floats));
      default:
        return fail(call, `is given as ${key}, which is not supported; save it as a dense tensor of numbers`);
    }
  },
};

const constantOfShape: OnnxOperator = {
  fold: (call, [shape]) => {
    const tensor = call.node.attributes.get("value")?.tensor;
    const name = call.node.outputs[0] ?? "";
    const { type, data } = tensor
      ? readTensorData(tensor, name, undefined)
      : { type: "f32" as const, data: Float32Array.of(0) };
    const extents = affordable(call, Array.from(shape?.data ?? []));
    return fillArray(name, type, extents, () => data[0] ?? 0);
  },
};

/** Rounds toward 0 for integers; booleans are 0 and 1. */
export function castArray(call: OnnxCall, input: ArrayValue, type: ElementType): ArrayValue {
  affordable(call, input.shape);
  const data = emptyData(type, input.data.length);
  const convert =
    type === "bool" ? (x: number) => Number(x !== 0) : isIntegerType(type) ? Math.trunc : (x: number) => x;
  input.data.forEach((x, index) => (data[index] = convert(x)));
  return makeArray(input.name, type, input.shape, data);
}

const range: OnnxOperator = {
  fold: (call) => {
    const [start, limit, delta] = ["start", "limit", "delta"].map((what, index) =>
      arrayInput(call, index, what),
    );
    const [from, to, step] = [start!.data[0] ?? 0, limit!.data[0] ?? 0, delta!.data[0] ?? 1];
    const count = Math.max(Math.ceil((to - from) / step), 0);
    return fillArray(start!.name, start!.type, affordable(call, [count]), (_, index) => from + index * step);
  },
};

const where: OnnxOperator = {
  fold: (call, [condition, yes, no]) => {
    const inner = yes && no && broadcastShape(yes.shape, no.shape);
    const shape = condition && inner && broadcastShape(condition.shape, inner);
    if (!shape) return fail(call, "chooses between arrays of different shapes");
    return fillArray(yes.name, yes.type, affordable(call, shape), (place) => {
      const chosen = condition.data[broadcastIndex(place, condition.shape)] ? yes : no;
      return chosen.data[broadcastIndex(place, chosen.shape)]!;
    });
  },
};

const tile: OnnxOperator = {
  fold: (call, [input, repeats]) => {
    if (!input || repeats?.data.length !== input.shape.length)
      return fail(call, "repeats other dimensions than its input has");
    const shape = affordable(
      call,
      input.shape.map((extent, dim) => extent * repeats.data[dim]!),
    );
    return fillArray(input.name, input.type, shape, (place) => {
      const wrapped = place.map((at, dim) => at % input.shape[dim]!);
      return input.data[broadcastIndex(wrapped, input.shape)]!;
    });
  },
};

/** Sums, products and the like over some dimensions of a known array; `finish` gets how many were taken together. */
export function foldReduction(
  start: number,
  operate: (total: number, value: number) => number,
  finish: (total: number, count: number) => number = (total) => total,
): NonNullable<OnnxOperator["fold"]> {
  return (call, [input, axesInput]) => {
    if (!input) return fail(call, "lacks an input");
    const rank = input.shape.length;
    const given = axesInput ? Array.from(axesInput.data) : (call.node.attributes.get("axes")?.integers ?? []);
    const noop = given.length === 0 && integerAttribute(call, "noop_with_empty_axes", 0) === 1;
    const dims =
      given.length === 0
        ? [...Array(noop ? 0 : rank).keys()]
        : given.map((dim) => dimensionOf(call, dim, rank));
    const kept = input.shape.map((extent, dim) => (dims.includes(dim) ? 1 : extent));
    const totals = new Float64Array(countElements(kept)).fill(start);
    fillArray("", input.type, affordable(call, input.shape), (place, index) => {
      const at = broadcastIndex(place, kept);
      totals[at] = operate(totals[at]!, input.data[index]!);
      return 0;
    });
    const count = input.data.length / Math.max(totals.length, 1);
    const result = fillArray(input.name, input.type, kept, (_, at) => finish(totals[at]!, count));
    if (integerAttribute(call, "keepdims", 1) === 1) return result;
    return { ...result, shape: input.shape.filter((_, dim) => !dims.includes(dim)) };
  };
}

export const knownOperators: Readonly<Record<string, OnnxOperator>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  Where: where,
  Tile: tile,
  Equal: compare((a, b) => a === b),
  Greater: compare((a, b) => a > b),
  GreaterOrEqual: compare((a, b) => a >= b),
  Less: compare((a, b) => a < b),
  LessOrEqual: compare((a, b) => a <= b),
  And: compare((a, b) => a !== 0 && b !== 0),
  Or: compare((a, b) => a !== 0 || b !== 0),
  Not: { fold: foldEach((x) => Number(x === 0), "bool") },
  Mod: { fold: foldPairs((a, b) => a - Math.floor(a / b) * b) },
  Pow: { fold: foldPairs((a, b) => a ** b) },
  Floor: { fold: foldEach(Math.floor) },
  Ceil: { fold: foldEach(Math.ceil) },
  Round: { fold: foldEach((x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))) },
  Sqrt: { fold: foldEach(Math.sqrt) },
  Exp: { fold: foldEach(Math.exp) },
  Abs: { fold: foldEach(Math.abs) },
  Reciprocal: { fold: foldEach((x) => 1 / x) },
  ReduceProd: { fold: foldReduction(1, (a, b) => a * b) },
  ReduceMin: { fold: foldReduction(Infinity, Math.min) },
};
