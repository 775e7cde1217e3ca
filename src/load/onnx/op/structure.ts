/** Taking tensors apart and together: Concat, Split, Slice, Gather. */
import type { AxisName } from "../../../graph/graph.ts";
import { windowOf } from "../../../graph/build.ts";
import { conform, rename } from "../../aten/forms.ts";
import { emit, fail, refuse } from "../../aten/operator.ts";
import { axisAt, imageOf } from "../../layout.ts";
import type { Activation } from "../../value.ts";
import { concatArrays, fillArray, sliceArray, stridesOf } from "../array.ts";
import {
  activationInput,
  affordable,
  arrayInput,
  dimensionOf,
  integerAttribute,
  integersOf,
  notAcrossBatch,
  type OnnxCall,
  type OnnxOperator,
} from "../call.ts";
import { describeOnnxValue, isArray, type ArrayValue, type OnnxValue } from "../value.ts";

const concat: OnnxOperator = {
  fold: (call, inputs) => {
    const arrays = inputs.filter((array): array is ArrayValue => array !== undefined);
    const first = arrays[0] ?? fail(call, "joins nothing");
    const dim = dimensionOf(call, integerAttribute(call, "axis", 1), first.shape.length);
    const isFit = arrays.every(({ shape }) => shape.with(dim, 0).join() === first.shape.with(dim, 0).join());
    if (!isFit)
      return fail(call, `joins arrays of ${arrays.map(({ shape }) => shape.join("x")).join(" and ")}`);
    for (const { shape } of arrays) affordable(call, shape);
    return concatArrays(arrays, dim);
  },
  run: (given) => {
    const call = { ...given, operation: "concat" };
    const parts = call.inputs.filter((value) => !(isArray(value) && value.data.length === 0));
    const inputs = parts.filter((value): value is Activation => value?.kind === "activation");
    const other = parts.find((value) => value?.kind !== "activation");
    const first = inputs[0];
    if (other || !first)
      return refuse(call, `joins ${describeOnnxValue(other)}; only activations can be joined`);
    const dim = dimensionOf(call, integerAttribute(call, "axis", 1), first.shape.length);
    notAcrossBatch(call, dim);
    const isFit = inputs.every(
      ({ shape }) => shape.length > dim && shape.with(dim, 0).join() === first.shape.with(dim, 0).join(),
    );
    if (!isFit)
      return fail(
        call,
        `joins tensors of ${inputs.map(({ shape }) => shape.join("x")).join(" and ")}; check --input`,
      );
    if (inputs.length === 1) return first;
    const longest = inputs.find(({ shape }) => shape[dim] !== 1) ?? first;
    const axis =
      axisAt(longest, dim) ??
      fail(call, `joins tensors of ${first.shape.join("x")}; use at most 3 dimensions longer than 1`);
    const axes = longest.axes.with(dim, axis);
    const total = inputs.reduce((sum, { shape }) => sum + shape[dim]!, 0);
    const form = { shape: first.shape.with(dim, total), axes };
    return emit(
      call,
      { kind: "concat", axis },
      inputs.map((input) => conform(call, input, axes)),
      form,
    );
  },
};

const split: OnnxOperator = {
  run: (given) => {
    const call = { ...given, operation: "split" };
    const value = call.inputs[0];
    if (value?.kind !== "activation" && value?.kind !== "array")
      return fail(call, `splits ${describeOnnxValue(value)}`);
    const dim = dimensionOf(call, integerAttribute(call, "axis", 0), value.shape.length);
    notAcrossBatch(call, dim);
    const sizes = splitSizes(call, value.shape[dim]!);
    let start = 0;
    return sizes.map((count) => {
      const from = start;
      start += count;
      return take(call, value, dim, { start: from, step: 1, count });
    });
  },
};

/** Given, or equal parts of which the last may be smaller. */
function splitSizes(call: OnnxCall, extent: number): readonly number[] {
  const parts = call.node.outputs.length;
  const given = integersOf(call, 1, "split");
  const each = Math.ceil(extent / Math.max(parts, 1));
  const sizes =
    given && given.length > 0
      ? given
      : Array.from({ length: parts }, (_, i) => Math.min(each, extent - each * i));
  const isWhole =
    sizes.every((count) => Number.isSafeInteger(count) && count >= 0) &&
    sizes.reduce((a, b) => a + b, 0) === extent;
  return isWhole && sizes.length <= 10_000
    ? sizes
    : fail(call, `splits ${extent} places into ${sizes.slice(0, 16).join(" + ")}`);
}

const slice: OnnxOperator = {
  run: (given) => {
    const call = { ...given, operation: "slice" };
    const value = call.inputs[0];
    if (value?.kind !== "activation" && value?.kind !== "array")
      return fail(call, `slices ${describeOnnxValue(value)}`);
    const starts = integersOf(call, 1, "starts") ?? [];
    const ends = integersOf(call, 2, "ends") ?? [];
    const axes = integersOf(call, 3, "axes") ?? starts.map((_, index) => index);
    const steps = call.inputs[4] ? Array.from(arrayInput(call, 4, "steps").data) : starts.map(() => 1);
    if (ends.length !== starts.length || axes.length !== starts.length)
      fail(call, "has not as many starts as ends and axes");
    return axes.reduce<OnnxValue>((current, axis, index) => {
      if (current.kind !== "activation" && current.kind !== "array") return current;
      const dim = dimensionOf(call, axis, current.shape.length);
      const isWhole = starts[index] === 0 && ends[index]! >= 2 ** 31 - 1;
      if (!isWhole) notAcrossBatch(call, dim);
      const run = runOf(current.shape[dim]!, starts[index]!, ends[index]!, steps[index] ?? 1);
      return take(call, current, dim, run);
    }, value);
  },
};

/** Places of a dimension: `count` of them from `start` on, `step` apart. */
interface Run {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Python's slice rule, which ONNX follows. */
function runOf(extent: number, start: number, end: number, step: number): Run {
  const place = (value: number, low: number, high: number): number =>
    Math.min(Math.max(value < 0 ? value + extent : value, low), high);
  const [from, to] =
    step > 0
      ? [place(start, 0, extent), place(end, 0, extent)]
      : [place(start, 0, extent - 1), place(end, -1, extent - 1)];
  return { start: from, step, count: step === 0 ? 0 : Math.max(Math.ceil((to - from) / step), 0) };
}

export function take(call: OnnxCall, value: Activation | ArrayValue, dim: number, run: Run): OnnxValue {
  const extent = value.shape[dim]!;
  if (value.kind === "array")
    return sliceArray(
      value,
      dim,
      run.count === extent && run.step === 1
        ? run
        : (affordable(call, value.shape.with(dim, run.count)), run),
    );
  if (run.start === 0 && run.step === 1 && run.count === extent) return value;
  notAcrossBatch(call, dim);
  if (run.count < 1)
    return fail(call, `takes no place of dimension ${dim} of ${value.shape.join("x")}; check --input`);
  if (run.step < 0) return refuse(call, "reversing a dimension is not supported");
  const axis = value.axes[dim];
  if (!axis) return value;
  const from = { h: 0, w: 0, c: 0, [axis]: run.start };
  const reach = (run.count - 1) * run.step + 1;
  const box = emit(call, { kind: "slice", from, shape: { ...imageOf(value), [axis]: reach } }, [value], {
    shape: value.shape.with(dim, reach),
    axes: value.axes,
  });
  return run.step === 1 ? box : everyNth(call, box, axis, run.step);
}

/** A pool over single places, `step` apart. */
function everyNth(call: OnnxCall, input: Activation, axis: AxisName, step: number): OnnxValue {
  if (axis === "c")
    return refuse(call, "taking every so many channels is not supported; slice rows and columns");
  const window = windowOf([1, 1], { stride: axis === "h" ? [step, 1] : [1, step] });
  return emit(call, { kind: "maxPool2d", window }, [input]);
}

const gather: OnnxOperator = {
  fold: (call, [input, indices]) => {
    if (!input || !indices) return fail(call, "lacks an input");
    const dim = dimensionOf(call, integerAttribute(call, "axis", 0), input.shape.length);
    const shape = [...input.shape.slice(0, dim), ...indices.shape, ...input.shape.slice(dim + 1)];
    const [own, ofIndices] = [stridesOf(input.shape), stridesOf(indices.shape)];
    const extent = input.shape[dim]!;
    return fillArray(input.name, input.type, affordable(call, shape), (place) => {
      const at = indices.shape.reduce((sum, _, index) => sum + place[dim + index]! * ofIndices[index]!, 0);
      const chosen = wrap(call, indices.data[at]!, extent);
      const before = place.slice(0, dim).reduce((sum, p, index) => sum + p * own[index]!, 0);
      const after = place
        .slice(dim + indices.shape.length)
        .reduce((sum, p, index) => sum + p * own[dim + 1 + index]!, 0);
      return input.data[before + chosen * own[dim]! + after]!;
    });
  },
  run: (given) => {
    const call = { ...given, operation: "slice" };
    const input = activationInput(call, 0);
    const indices = arrayInput(call, 1, "indices");
    const dim = dimensionOf(call, integerAttribute(call, "axis", 0), input.shape.length);
    notAcrossBatch(call, dim);
    const places = Array.from(indices.data, (index) => wrap(call, index, input.shape[dim]!));
    const step = places.length > 1 ? places[1]! - places[0]! : 1;
    const isRun = step > 0 && places.every((place, index) => place === places[0]! + index * step);
    if (!isRun || indices.shape.length > 1)
      return refuse(
        call,
        `gathers places ${places.slice(0, 8).join(", ")}; only runs of places are supported`,
      );
    const taken = take(call, input, dim, { start: places[0]!, step, count: places.length });
    if (indices.shape.length === 1 || taken.kind !== "activation") return taken;
    return rename(taken, { shape: taken.shape.toSpliced(dim, 1), axes: taken.axes.toSpliced(dim, 1) });
  },
};

function wrap(call: OnnxCall, index: number, extent: number): number {
  const place = index < 0 ? index + extent : index;
  return Number.isInteger(place) && place >= 0 && place < extent
    ? place
    : fail(call, `gathers place ${index} of ${extent}`);
}

export const structures: Readonly<Record<string, OnnxOperator>> = {
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
};
