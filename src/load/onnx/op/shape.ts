/** Asking for shapes and changing them: what only renames dimensions costs nothing, the rest moves data. */
import { conform, rename, reshapeTo } from "../../aten/forms.ts";
import { repeatTo } from "../../aten/pointwise.ts";
import { isSplit, joinSplit, reorderSplit, splitView } from "../../aten/split-view.ts";
import { fail, refuse } from "../../aten/operator.ts";
import { freshAxes } from "../../layout.ts";
import { countElements } from "../../tensor.ts";
import { extentsOf, unknownShape, type Activation } from "../../value.ts";
import { broadcastIndex, broadcastShape, fillArray, makeArray, transposeArray } from "../array.ts";
import {
  affordable,
  arrayInput,
  dimensionOf,
  integerAttribute,
  integersOf,
  notAcrossBatch,
  type OnnxCall,
  type OnnxOperator,
} from "../call.ts";
import { describeOnnxValue, type ArrayValue, type OnnxValue } from "../value.ts";

const shape: OnnxOperator = {
  run: (call) => {
    const extents = shapeOf(call, call.inputs[0]);
    const rank = extents.length;
    const place = (value: number): number => Math.min(Math.max(value < 0 ? value + rank : value, 0), rank);
    const from = place(integerAttribute(call, "start", 0));
    const kept = extents.slice(from, Math.max(place(integerAttribute(call, "end", rank)), from));
    return makeArray("shape", "i64", [kept.length], Float64Array.from(kept));
  },
};

const size: OnnxOperator = {
  run: (call) => makeArray("size", "i64", [], Float64Array.of(countElements(shapeOf(call, call.inputs[0])))),
};

const reshape: OnnxOperator = {
  run: (call) => {
    const wanted = integersOf(call, 1, "shape") ?? fail(call, "has no shape");
    const allowsZero = integerAttribute(call, "allowzero", 0) === 1;
    return changeShape(call, (given) => inferExtents(given, wanted, allowsZero));
  },
};

const flatten: OnnxOperator = {
  run: (call) =>
    changeShape(call, (given) => {
      const axis = integerAttribute(call, "axis", 1);
      const dim = axis === given.length ? axis : dimensionOf(call, axis, given.length);
      if (dim === 0) notAcrossBatch(call, 0);
      return [countElements(given.slice(0, dim)), countElements(given.slice(dim))];
    }),
};

const squeeze: OnnxOperator = {
  run: (call) =>
    changeShape(call, (given) => {
      const axes = integersOf(call, 1, "axes") ?? [];
      const dims =
        axes.length === 0
          ? given.flatMap((extent, dim) => (extent === 1 ? [dim] : []))
          : axes.map((dim) => dimensionOf(call, dim, given.length));
      for (const dim of dims) {
        if (given[dim] !== 1) fail(call, `drops dimension ${dim} of ${given.join("x")}, which is not 1`);
        if (axes.length > 0) notAcrossBatch(call, dim);
      }
      return given.filter((_, dim) => !dims.includes(dim));
    }),
};

const unsqueeze: OnnxOperator = {
  run: (call) =>
    changeShape(call, (given) => {
      const axes = integersOf(call, 1, "axes") ?? [];
      const rank = given.length + axes.length;
      const dims = axes.map((dim) => dimensionOf(call, dim, rank)).sort((a, b) => a - b);
      if (new Set(dims).size !== dims.length || rank > 32) fail(call, `adds dimensions ${axes.join(", ")}`);
      return dims.reduce<readonly number[]>((extents, dim) => extents.toSpliced(dim, 0, 1), given);
    }),
};

const transpose: OnnxOperator = {
  run: (call) => {
    const value = call.inputs[0];
    const rank = shapeOf(call, value).length;
    const order = call.node.attributes.get("perm")?.integers ?? [...Array(rank).keys()].reverse();
    const isOrder = order.length === rank && order.every((_, dim) => order.includes(dim));
    if (!isOrder) fail(call, `orders ${rank} dimensions as ${order.join(", ")}`);
    if (order[0] !== 0) notAcrossBatch(call, 0);
    if (value?.kind === "split") return reorderSplit(value, order);
    if (value?.kind === "array") return transposeArray(value, (affordable(call, value.shape), order));
    const input = value as Activation;
    return rename(input, {
      shape: order.map((dim) => input.shape[dim]!),
      axes: order.map((dim) => input.axes[dim]!),
    });
  },
};

const expand: OnnxOperator = {
  run: (call) => {
    const wanted = Array.from(arrayInput(call, 1, "shape").data);
    const value = call.inputs[0];
    const given = shapeOf(call, value);
    const target = broadcastShape(given, wanted);
    if (!target) return fail(call, `expands ${given.join("x")} to ${wanted.join("x")}`);
    if (value?.kind === "array") {
      return fillArray(
        value.name,
        value.type,
        affordable(call, target),
        (place) => value.data[broadcastIndex(place, value.shape)]!,
      );
    }
    const input = value as Activation;
    if (target.join() === input.shape.join()) return input;
    notAcrossBatch(call, 0);
    const axes = freshAxes(target);
    if (!axes) return refuse(call, `expanding ${given.join("x")} to ${target.join("x")} is not supported`);
    const missing = new Array<number>(target.length - given.length).fill(1);
    const form = { shape: [...missing, ...given], axes: [...missing.map(() => null), ...input.axes] };
    return repeatTo(call, conform(call, rename(input, form), axes), target, axes);
  },
};

export const shapes: Readonly<Record<string, OnnxOperator>> = {
  Shape: shape,
  Size: size,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Expand: expand,
};

function shapeOf(call: OnnxCall, value: OnnxValue | undefined): readonly number[] {
  if (value?.kind === "array" || value?.kind === "activation") return value.shape;
  if (value?.kind === "split") return extentsOf(value);
  return fail(call, `asks the shape of ${describeOnnxValue(value)}`);
}

/** 0 is the input's own extent, -1 what is left over. */
function inferExtents(
  given: readonly number[],
  wanted: readonly number[],
  allowsZero: boolean,
): readonly number[] {
  const copied = wanted.map((extent, dim) => (extent === 0 && !allowsZero ? (given[dim] ?? 0) : extent));
  const known = countElements(copied.filter((extent) => extent !== -1));
  const rest = known === 0 ? 0 : countElements(given) / known;
  return copied.map((extent) => (extent === -1 ? rest : extent));
}

function changeShape(call: OnnxCall, change: (given: readonly number[]) => readonly number[]): OnnxValue {
  const value = call.inputs[0];
  const given = shapeOf(call, value);
  const wanted = change(given);
  const isExact =
    countElements(wanted) === countElements(given) &&
    wanted.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (!isExact || wanted.length > 32) {
    return fail(
      call,
      `cannot make ${wanted.join("x")} of its input ${given.join("x")}; check the size given with --input`,
    );
  }
  switch (value?.kind) {
    case "array":
      return reshapeArray(value, wanted);
    case "split":
      return joinSplit(call, value, wanted);
    case "activation":
      return reshapeActivation(call, value, wanted);
    case undefined:
    case "unknown":
      return unknownShape;
  }
}

/** Scales along a dimension that is gone are forgotten, unless they stay along the first. */
function reshapeArray(array: ArrayValue, shape: readonly number[]): ArrayValue {
  const { scales, ...rest } = array;
  const isKept = scales && (scales.values.length === 1 || (scales.axis === 0 && shape[0] === array.shape[0]));
  return { ...rest, shape, ...(isKept && { scales }) };
}

function reshapeActivation(call: OnnxCall, input: Activation, wanted: readonly number[]): OnnxValue {
  if (wanted.join() === input.shape.join()) return input;
  if (isSplit(input, wanted)) return splitView(input, wanted);
  const long = wanted.filter((extent) => extent !== 1);
  return reshapeTo(
    { ...call, operation: long.length <= 1 ? "flatten" : "reshape" },
    input,
    wanted,
  ) as OnnxValue;
}
