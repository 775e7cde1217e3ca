/** Tensors put together and taken apart: `cat`, `stack`, `chunk`, `split`, `slice`, `select`, `index` by constants. */
import { axisAt, imageOf } from "../layout.ts";
import type { Axis } from "../layout.ts";
import { isValue, listOf, sequenceItems } from "../value.ts";
import type { Activation, Value } from "../value.ts";
import { activation, axis, integer, integers, scalar } from "./arguments.ts";
import { channelsAt, conform, rename } from "./forms.ts";
import { emit, fail, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall, Parameters } from "./operator.ts";
import { pickChannels } from "./pointwise.ts";
import { sideBySide } from "./pooling.ts";

const cat: Operator = {
  parameters: { tensors: required, dim: 0 },
  run: (call) => {
    const parts = readParts(call);
    if (!parts) return refuse(call, "joins something that does not depend on the input; not supported");
    return join(call, parts, axis(call, integer(call, "dim"), parts[0]!.shape.length));
  },
};

/** A new dimension, along which tensors are joined. */
const stack: Operator = {
  parameters: { tensors: required, dim: 0 },
  run: (call) => {
    const parts = readParts(call);
    if (!parts) return refuse(call, "joins something that does not depend on the input; not supported");
    const dim = axis(call, integer(call, "dim"), parts[0]!.shape.length + 1);
    const widened = parts.map((part) => {
      const form = { shape: part.shape.toSpliced(dim, 0, 1), axes: part.axes.toSpliced(dim, 0, null) };
      return rename(part, form);
    });
    return join(call, widened, dim);
  },
};

const alongDim: Parameters = { input: required, dim: 0 };

const slice: Operator = {
  parameters: { ...alongDim, start: null, end: null, step: 1 },
  run: (call) => {
    const items = sequenceItems(call.args.input);
    if (items) return sliceList(call, items);
    const input = activation(call, "input");
    const dim = axis(call, integer(call, "dim"), input.shape.length);
    const extent = input.shape[dim]!;
    const start = clampIndex(call, "start", extent, 0);
    const end = Math.max(start, clampIndex(call, "end", extent, extent));
    const step = integer(call, "step");
    const part = cut(call, input, dim, start, end - start);
    return step === 1 ? part : everyNth(call, part, dim, step);
  },
};

const select: Operator = {
  parameters: { ...alongDim, index: required },
  run: (call) => {
    const input = activation(call, "input");
    const dim = axis(call, integer(call, "dim"), input.shape.length);
    const extent = input.shape[dim]!;
    const index = axis(call, integer(call, "index"), extent);
    return dropDimension(cut(call, input, dim, index, 1), dim);
  },
};

const narrow: Operator = {
  parameters: { ...alongDim, start: required, length: required },
  run: (call) => {
    const input = activation(call, "input");
    const dim = axis(call, integer(call, "dim"), input.shape.length);
    const start = clampIndex(call, "start", input.shape[dim]!, 0);
    return cut(call, input, dim, start, integer(call, "length"));
  },
};

/** Parts of one size, the last perhaps smaller; or of the sizes in a list. */
const split: Operator = {
  parameters: { input: required, split_size: required, dim: 0 },
  run: (call) => {
    if (sequenceItems(call.args.split_size)) return divide(call, integers(call, "split_size"));
    return divide(call, evenly(call, integer(call, "split_size")));
  },
};

const chunk: Operator = {
  parameters: { input: required, chunks: required, dim: 0 },
  run: (call) => {
    const { shape } = activation(call, "input");
    const extent = shape[axis(call, integer(call, "dim"), shape.length)]!;
    return divide(call, evenly(call, Math.ceil(extent / Math.max(1, integer(call, "chunks")))));
  },
};

const unbind: Operator = {
  parameters: alongDim,
  run: (call) => {
    const { shape } = activation(call, "input");
    const dim = axis(call, integer(call, "dim"), shape.length);
    const parts = divide(call, new Array<number>(shape[dim]!).fill(1));
    return listOf(sequenceItems(parts)!.map((part) => dropDimension(part as Activation, dim)));
  },
};

/** `x[:, [2, 0, 1]]`: one constant list of places, along a dimension that holds channels unless they follow each other. */
const index: Operator = {
  parameters: { input: required, indices: required },
  run: (call) => {
    const lists = sequenceItems(call.args.indices) ?? [];
    const dims = lists.flatMap((list, dim) => (list === null ? [] : [dim]));
    const [dim] = dims;
    if (dims.length !== 1 || dim === undefined)
      return refuse(call, "indexing by several lists is not supported");
    return pick(call, dim, lists[dim]!);
  },
};

/** Channels in the order of (groups, channels / groups), read as (channels / groups, groups). */
const channelShuffle: Operator = {
  parameters: { input: required, groups: required },
  run: (call) => {
    const input = activation(call, "input");
    const [channels, groups] = [input.shape[1] ?? 0, integer(call, "groups")];
    if (groups < 1 || channels % groups !== 0)
      fail(call, `its ${groups} groups do not divide ${channels} channels`);
    const share = channels / groups;
    const from = Array.from({ length: channels }, (_, c) => (c % groups) * share + Math.floor(c / groups));
    return pickChannels(call, channelsAt(call, input, 1), from);
  },
};

const indexSelect: Operator = {
  parameters: { ...alongDim, index: required },
  run: (call) => pick(call, integer(call, "dim"), call.args.index!),
};

export const structures: Readonly<Record<string, Operator>> = {
  cat,
  concat: cat,
  concatenate: cat,
  stack,
  slice,
  select,
  narrow,
  split,
  split_with_sizes: split,
  chunk,
  unsafe_chunk: chunk,
  unsafe_split: split,
  unbind,
  index,
  index_select: indexSelect,
  channel_shuffle: channelShuffle,
};

function readParts(call: OperatorCall): readonly Activation[] | undefined {
  const items = sequenceItems(call.args.tensors) ?? [];
  if (items.length === 0 || !items.every((item) => isValue(item, "activation"))) return undefined;
  return items.map((item) => activation({ ...call, args: { tensors: item } }, "tensors"));
}

function join(call: OperatorCall, parts: readonly Activation[], dim: number): Value {
  const [first] = parts as [Activation];
  const along = axisAt(first, dim);
  const same = parts.every(
    ({ shape }) =>
      shape.length === first.shape.length &&
      shape.every((extent, index) => index === dim || extent === first.shape[index]),
  );
  if (!same)
    fail(call, `joins tensors of ${parts.map(({ shape }) => shape.join("x")).join(", ")}; check --input`);
  if (parts.length === 1) return emit(call, { kind: "identity" }, [first]);
  if (along === undefined) return refuse(call, "joining along a fourth dimension is not supported");
  const axes = first.axes.map((axis, index): Axis => (index === dim ? along : axis));
  const aligned = parts.map((part) => conform(call, part, axes));
  return emit(call, { kind: "concat", axis: along }, aligned);
}

/** A view of `length` places along a dimension; the tensor itself where that is all of them. */
function cut(call: OperatorCall, input: Activation, dim: number, start: number, length: number): Activation {
  const extent = input.shape[dim]!;
  if (start < 0 || length < 1 || start + length > extent)
    fail(call, `takes ${length} places from ${start} on of a dimension of ${extent}; check --input`);
  if (length === extent) return { ...input };
  const along = input.axes[dim]!; // longer than 1, so it has an axis
  const from = { h: 0, w: 0, c: 0, [along]: start };
  const shape = { ...imageOf(input), [along]: length };
  return emit(call, { kind: "slice", from, shape }, [input]);
}

/** Every `step`th row or column: a pool that looks at one. */
function everyNth(call: OperatorCall, input: Activation, dim: number, step: number): Value {
  const along = input.axes[dim] ?? null;
  if (step < 1 || (along !== "h" && along !== "w"))
    return refuse(call, `a step of ${step} is supported along height and width only; use a convolution`);
  const stride = [along === "h" ? step : 1, along === "w" ? step : 1] as const;
  return emit(call, { kind: "maxPool2d", window: { ...sideBySide([1, 1]), stride } }, [input]);
}

function divide(call: OperatorCall, lengths: readonly number[]): Value {
  const input = activation(call, "input");
  const dim = axis(call, integer(call, "dim"), input.shape.length);
  let start = 0;
  const parts = lengths.map((length) => {
    const part = cut(call, input, dim, start, length);
    start += length;
    return part;
  });
  if (start !== input.shape[dim])
    fail(call, `splits ${input.shape[dim]} places into ${lengths.join(" + ")}; check --input`);
  return listOf(parts);
}

function evenly(call: OperatorCall, size: number): readonly number[] {
  const { shape } = activation(call, "input");
  const extent = shape[axis(call, integer(call, "dim"), shape.length)]!;
  if (size < 1) fail(call, `splits into parts of ${size}`);
  const count = Math.ceil(extent / size);
  return Array.from({ length: count }, (_, part) => Math.min(size, extent - part * size));
}

function dropDimension(input: Activation, dim: number): Activation {
  return rename(input, { shape: input.shape.toSpliced(dim, 1), axes: input.axes.toSpliced(dim, 1) });
}

function pick(call: OperatorCall, given: number, list: Value): Value {
  const input = activation(call, "input");
  const dim = axis(call, given, input.shape.length);
  const extent = input.shape[dim]!;
  const saved = readPlaces(call, list);
  if (!saved) return refuse(call, "indexing by something that is not a constant list is not supported");
  const places = Array.from(saved, (place) => (place < 0 ? place + extent : place));
  if (
    places.length === 0 ||
    places.some((place) => !(Number.isInteger(place) && place >= 0 && place < extent))
  )
    fail(call, `takes places ${places.join(", ")} of a dimension of ${extent}; check --input`);
  const isRun = places.every((place, offset) => place === places[0]! + offset);
  if (isRun) return cut(call, input, dim, places[0]!, places.length);
  return pickChannels(call, channelsAt(call, input, dim), places);
}

/** Numbers of a saved list, or of one written in the program. */
function readPlaces(call: OperatorCall, list: Value): ArrayLike<number> | undefined {
  const items = sequenceItems(list);
  if (items) return items.every((item) => typeof item === "number") ? items : undefined;
  if (!isValue(list, "constant") || list.tensor.size.length !== 1) return undefined;
  return call.context.weights.read(list.tensor, list.name);
}

/** A place counted from the end where negative, limited to the dimension; None is `otherwise`. */
function clampIndex(call: OperatorCall, name: string, extent: number, otherwise: number): number {
  if (call.args[name] === null) return otherwise;
  const value = scalar(call, name);
  if (value === undefined) return fail(call, `${name} is not a number`);
  return Math.min(extent, Math.max(0, value < 0 ? value + extent : value));
}

/** Of a list, PyTorch gives `start`, `end` and `step` straight after it. */
function sliceList(call: OperatorCall, items: readonly Value[]): Value {
  const { dim: start, start: end, end: given } = call.args;
  const step = given ?? 1;
  if (typeof step !== "number" || !Number.isSafeInteger(step) || step === 0)
    return refuse(call, "slicing a list by something that is not a step is not supported");
  const order = step > 0 ? items : items.toReversed();
  const place = (value: Value | undefined, otherwise: number): number => {
    if (typeof value !== "number") return otherwise;
    const fromStart = value < 0 ? value + items.length : value;
    return Math.max(0, step > 0 ? fromStart : items.length - 1 - fromStart);
  };
  const chosen = order.slice(place(start, 0), place(end, items.length));
  return listOf(chosen.filter((_, index) => index % Math.abs(step) === 0));
}
