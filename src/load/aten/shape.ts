/**
 * Reading and changing shapes: `size`, `dim`, and the forms of flattening. A reshape that would move data between the
 * dimensions of an image is refused; what remains is flattening, and dropping or adding dimensions of one.
 */
import { isTensor, isValue, listOf } from "../value.ts";
import type { Activation, Value } from "../value.ts";
import { activation, axis, integer, integers } from "./arguments.ts";
import { emit, fail, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall } from "./operator.ts";
import { countElements } from "../tensor.ts";

const size: Operator = {
  parameters: { input: required, dim: null },
  run: (call) => {
    const shape = shapeOf(call, call.args.input);
    if (call.args.dim === null) return listOf([...shape]);
    return shape[axis(call, integer(call, "dim"), shape.length)]!;
  },
};

const dim: Operator = {
  parameters: { input: required },
  run: (call) => shapeOf(call, call.args.input).length,
};

const numel: Operator = {
  parameters: { input: required },
  run: (call) => countElements(shapeOf(call, call.args.input)),
};

const flatten: Operator = {
  parameters: { input: required, start_dim: 0, end_dim: -1 },
  run: (call) => {
    const input = activation(call, "input");
    const rank = input.shape.length;
    const start = axis(call, integer(call, "start_dim"), rank);
    const end = axis(call, integer(call, "end_dim"), rank);
    if (end < start) fail(call, `flattens dimensions ${start} to ${end}`);
    const merged = countElements(input.shape.slice(start, end + 1));
    return reshape(call, input, [...input.shape.slice(0, start), merged, ...input.shape.slice(end + 1)]);
  },
};

const view: Operator = {
  parameters: { input: required, size: required },
  run: (call) => {
    const input = activation(call, "input");
    return reshape(
      { ...call, operation: "flatten" },
      input,
      inferExtent(call, input, integers(call, "size")),
    );
  },
};

const squeeze: Operator = {
  parameters: { input: required, dim: null },
  run: (call) => {
    const { shape } = activation(call, "input");
    const only = call.args.dim === null ? undefined : axis(call, integer(call, "dim"), shape.length);
    const kept = shape.filter((extent, index) => extent !== 1 || (only !== undefined && index !== only));
    return reshape(call, activation(call, "input"), kept);
  },
};

const unsqueeze: Operator = {
  parameters: { input: required, dim: required },
  run: (call) => {
    const input = activation(call, "input");
    const at = axis(call, integer(call, "dim"), input.shape.length + 1);
    return reshape(call, input, input.shape.toSpliced(at, 0, 1));
  },
};

export const shapes: Readonly<Record<string, Operator>> = {
  size,
  dim,
  numel,
  flatten,
  view,
  reshape: view,
  squeeze,
  unsqueeze,
};

function shapeOf(call: OperatorCall, value: Value | undefined): readonly number[] {
  if (!isTensor(value)) return fail(call, "asks the shape of something that is not a tensor");
  return isValue(value, "activation") ? value.shape : value.tensor.size;
}

/** Replaces -1 by what is left over. */
function inferExtent(call: OperatorCall, input: Activation, wanted: readonly number[]): readonly number[] {
  const known = countElements(wanted.filter((extent) => extent !== -1));
  const rest = countElements(input.shape) / known;
  const shape = wanted.map((extent) => (extent === -1 ? rest : extent));
  const isExact = countElements(shape) === countElements(input.shape) && shape.every((extent) => extent > 0);
  if (!isExact || !shape.every(Number.isSafeInteger)) {
    fail(
      call,
      `cannot make ${wanted.join("x")} of its input ${input.shape.join("x")}; check the size given with --input`,
    );
  }
  return shape;
}

/** The order of a tensor's numbers is the same in both images where at most one dimension is not 1. */
function reshape(call: OperatorCall, input: Activation, shape: readonly number[]): Value {
  const rank = shape.length;
  if (rank > 1 && shape[0] !== 1) {
    fail(
      call,
      `makes a batch of ${shape[0]} (${shape.join("x")}) of one input ${input.shape.join("x")}; ` +
        "check the size given with --input, and flatten with torch.flatten(x, 1)",
    );
  }
  if (shape.join() === input.shape.join()) return emit(call, { kind: "identity" }, [input], shape);
  const isFlat = rank === 0 || shape.slice(0, -1).every((extent) => extent === 1);
  if (isFlat && rank <= 2) return emit(call, { kind: "flatten" }, [input], shape);
  const channels = (all: readonly number[]): number => (all.length === 1 ? all[0]! : (all[1] ?? 1));
  const isVector =
    countElements(shape) === channels(shape) && countElements(input.shape) === channels(input.shape);
  if (isVector) return emit(call, { kind: "identity" }, [input], shape);
  return refuse(
    call,
    `reshaping ${input.shape.join("x")} to ${shape.join("x")} is not supported; only flattening is`,
  );
}
