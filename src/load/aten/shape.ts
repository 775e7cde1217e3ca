/** Reading and changing shapes: `size`, `dim`, and what gives dimensions other sizes, another order, or drops them. */
import { extentsOf, isTensor, isValue, listOf } from "../value.ts";
import type { ConstantTensor, Value } from "../value.ts";
import { activation, axis, integer, integers } from "./arguments.ts";
import { rename, reshapeTo } from "./forms.ts";
import { isSplit, joinSplit, reorderSplit, splitView } from "./split-view.ts";
import { fail, inPlace, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall } from "./operator.ts";
import type { PickleTensor } from "../pickle-value.ts";
import { countElements, isDense, permuteTensor } from "../tensor.ts";

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
    const shape = shapeOf(call, call.args.input);
    const rank = shape.length;
    const start = axis(call, integer(call, "start_dim"), rank);
    const end = axis(call, integer(call, "end_dim"), rank);
    if (end < start) fail(call, `flattens dimensions ${start} to ${end}`);
    const merged = countElements(shape.slice(start, end + 1));
    return reshaped(call, [...shape.slice(0, start), merged, ...shape.slice(end + 1)]);
  },
};

const view: Operator = {
  parameters: { input: required, size: required },
  run: (call) => {
    if (isValue(call.args.input, "constant")) return viewConstant(call, call.args.input);
    const flat = { ...call, operation: "flatten" };
    return reshaped(flat, inferExtent(call, shapeOf(call, call.args.input), integers(call, "size")));
  },
};

const squeeze: Operator = {
  parameters: { input: required, dim: null },
  run: (call) => {
    const input = activation(call, "input");
    const { shape } = input;
    const { dim: given } = call.args;
    const dims =
      given === null
        ? shape.map((_, index) => index)
        : isValue(given, "list")
          ? integers(call, "dim")
          : [integer(call, "dim")];
    const dropped = new Set(dims.map((index) => axis(call, index, shape.length)));
    const isKept = (_: unknown, index: number): boolean => shape[index] !== 1 || !dropped.has(index);
    return rename(input, { shape: shape.filter(isKept), axes: input.axes.filter(isKept) });
  },
};

const unsqueeze: Operator = {
  parameters: { input: required, dim: required },
  run: (call) => {
    const { input } = call.args;
    const rank = shapeOf(call, input).length;
    const at = axis(call, integer(call, "dim"), rank + 1);
    if (isValue(input, "constant")) return { ...input, tensor: insertDimension(input.tensor, at) };
    const given = activation(call, "input");
    return rename(given, { shape: given.shape.toSpliced(at, 0, 1), axes: given.axes.toSpliced(at, 0, null) });
  },
};

const permute: Operator = {
  parameters: { input: required, dims: required },
  run: (call) => reorder(call, integers(call, "dims")),
};

const transpose: Operator = {
  parameters: { input: required, dim0: required, dim1: required },
  run: (call) => {
    const rank = shapeOf(call, call.args.input).length;
    const [from, to] = [axis(call, integer(call, "dim0"), rank), axis(call, integer(call, "dim1"), rank)];
    const swap = (_: unknown, dim: number): number => (dim === from ? to : dim === to ? from : dim);
    return reorder(call, Array.from({ length: rank }, swap));
  },
};

const t: Operator = {
  parameters: { input: required },
  run: (call) => {
    const rank = shapeOf(call, call.args.input).length;
    return reorder(call, rank < 2 ? [...Array(rank).keys()] : [1, 0]);
  },
};

const unflatten: Operator = {
  parameters: { input: required, dim: required, sizes: required },
  run: (call) => {
    const { shape } = activation(call, "input");
    const at = axis(call, integer(call, "dim"), shape.length);
    const size = [...shape.slice(0, at), ...integers(call, "sizes"), ...shape.slice(at + 1)];
    return view.run({ ...call, args: { ...call.args, size: listOf(size) } });
  },
};

/** `expand(x, size)` that only adds dimensions; what repeats numbers is refused. */
const expand: Operator = {
  parameters: { input: required, size: required, implicit: false },
  run: (call) => {
    const input = activation(call, "input");
    const wanted = integers(call, "size");
    const missing = wanted.length - input.shape.length;
    const own = [...new Array<number>(Math.max(missing, 0)).fill(1), ...input.shape];
    const size = wanted.map((extent, dim) => (extent === -1 ? own[dim]! : extent));
    if (missing < 0 || countElements(size) !== countElements(own))
      return refuse(
        call,
        "repeating a tensor is not supported; operators repeat by themselves what is 1 long",
      );
    return reshapeTo(call, input, size);
  },
};

export const shapes: Readonly<Record<string, Operator>> = {
  size,
  dim,
  numel,
  flatten,
  view,
  reshape: view,
  _reshape_alias: view,
  _unsafe_view: view,
  unflatten,
  squeeze,
  squeeze_: inPlace(squeeze),
  unsqueeze,
  permute,
  transpose,
  t,
  numpy_T: t,
  swapaxes: transpose,
  expand,
};

/** The input under another shape; one an image cannot have waits for a reshape back. */
function reshaped(call: OperatorCall, shape: readonly number[]): Value {
  const { input } = call.args;
  if (!isValue(input, "split")) {
    const given = activation(call, "input");
    return isSplit(given, shape) ? splitView(given, shape) : reshapeTo(call, given, shape);
  }
  const source = activation({ ...call, args: { input: input.source } }, "input");
  return joinSplit(call, { ...input, source }, shape);
}

function shapeOf(call: OperatorCall, value: Value | undefined): readonly number[] {
  if (isValue(value, "split")) return extentsOf(value);
  if (!isTensor(value)) return fail(call, "asks the shape of something that is not a tensor");
  return isValue(value, "activation") ? value.shape : value.tensor.size;
}

/** Replaces -1 by what is left over. */
function inferExtent(
  call: OperatorCall,
  given: readonly number[],
  wanted: readonly number[],
): readonly number[] {
  const known = countElements(wanted.filter((extent) => extent !== -1));
  const rest = countElements(given) / known;
  const shape = wanted.map((extent) => (extent === -1 ? rest : extent));
  const isExact = countElements(shape) === countElements(given) && shape.every((extent) => extent > 0);
  if (!isExact || !shape.every(Number.isSafeInteger)) {
    fail(
      call,
      `cannot make ${wanted.join("x")} of its input ${given.join("x")}; check the size given with --input`,
    );
  }
  return shape;
}

/** Dimensions in another order: a new name for each. */
function reorder(call: OperatorCall, dims: readonly number[]): Value {
  const { input } = call.args;
  const rank = shapeOf(call, input).length;
  const order = dims.map((dim) => axis(call, dim, rank));
  if (new Set(order).size !== rank) fail(call, `puts ${rank} dimensions in the order ${dims.join(", ")}`);
  if (isValue(input, "constant")) return { ...input, tensor: permuteTensor(input.tensor, order) };
  if (isValue(input, "split")) return reorderSplit(input, order);
  const given = activation(call, "input");
  return rename(given, {
    shape: order.map((dim) => given.shape[dim]!),
    axes: order.map((dim) => given.axes[dim]!),
  });
}

/** A weight whose numbers follow each other in memory, under another shape. */
function viewConstant(call: OperatorCall, weight: ConstantTensor): Value {
  const { tensor } = weight;
  if (!isDense(tensor))
    return refuse(call, `reshapes ${weight.name}, which is not contiguous; save the result instead`);
  const size = inferExtent(call, tensor.size, integers(call, "size"));
  const stride = size.map((_, dim) => countElements(size.slice(dim + 1)));
  return { ...weight, tensor: { ...tensor, size, stride } };
}

function insertDimension(tensor: PickleTensor, at: number): PickleTensor {
  return { ...tensor, size: tensor.size.toSpliced(at, 0, 1), stride: tensor.stride.toSpliced(at, 0, 1) };
}
