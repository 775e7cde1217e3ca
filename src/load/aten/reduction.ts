/** Sums, means and maxima over dimensions: pools as large as the image, and convolutions that add channels up. */
import type { AxisName, Pair } from "../../graph/graph.ts";
import { imageOf } from "../layout.ts";
import type { Axis } from "../layout.ts";
import { sequenceItems, unknownValue } from "../value.ts";
import type { Activation, Value } from "../value.ts";
import { activation, axis, flag, integers } from "./arguments.ts";
import { conform, rename } from "./forms.ts";
import { emit, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall, Parameters } from "./operator.ts";
import { sideBySide } from "./pooling.ts";

const over: Parameters = { input: required, dim: null, keepdim: false };

type Reduction = "mean" | "sum" | "max";

const mean: Operator = { parameters: { ...over, dtype: null }, run: (call) => reduce(call, "mean") };
const sum: Operator = { parameters: { ...over, dtype: null }, run: (call) => reduce(call, "sum") };
const amax: Operator = { parameters: over, run: (call) => reduce(call, "max") };

/** `max(x, dim)` gives maxima and their places, which are unknown. */
const max: Operator = {
  parameters: over,
  run: (call) =>
    typeof call.args.dim === "number"
      ? { kind: "tuple", items: [reduce(call, "max"), unknownValue] }
      : refuse(call, "the maximum of all elements or of two tensors is not supported"),
};

export const reductions: Readonly<Record<string, Operator>> = { mean, sum, amax, max };

function reduce(call: OperatorCall, what: Reduction): Value {
  const input = activation(call, "input");
  const dims = readDimensions(call, input.shape.length);
  const axes = dims.flatMap((dim) => (input.shape[dim] === 1 ? [] : [input.axes[dim] as AxisName]));
  let result = reduceSpace(call, input, axes, what);
  if (axes.includes("c")) result = reduceChannels(call, result, what);
  if (flag(call, "keepdim")) return result;
  const kept = (_: unknown, dim: number): boolean => !dims.includes(dim);
  return rename(result, { shape: result.shape.filter(kept), axes: result.axes.filter(kept) });
}

/** None and [] are all dimensions. */
function readDimensions(call: OperatorCall, rank: number): readonly number[] {
  const { dim } = call.args;
  const given = typeof dim === "number" ? [dim] : dim === null ? [] : integers(call, "dim");
  const isAll = given.length === 0 && (dim === null || sequenceItems(dim)?.length === 0);
  return isAll ? [...Array(rank).keys()] : given.map((index) => axis(call, index, rank));
}

function reduceSpace(
  call: OperatorCall,
  input: Activation,
  axes: readonly Axis[],
  what: Reduction,
): Activation {
  const { h, w } = imageOf(input);
  const kernel: Pair = [axes.includes("h") ? h : 1, axes.includes("w") ? w : 1];
  if (kernel[0] === 1 && kernel[1] === 1) return input;
  const window = sideBySide(kernel);
  if (what === "max") return emit(call, { kind: "maxPool2d", window }, [input]);
  const divisor = what === "sum" ? { divisor: 1 } : {};
  return emit(call, { kind: "avgPool2d", window, countIncludePad: false, ...divisor }, [input]);
}

/** A 1×1 convolution to one channel; of the maximum a pool over channels that are made columns. */
function reduceChannels(call: OperatorCall, input: Activation, what: Reduction): Activation {
  const { c } = imageOf(input);
  if (what === "max") {
    const swapped = { w: "c", c: "w", h: "h" } as const;
    const wanted = input.axes.map((axis) => axis && swapped[axis]);
    const turned = conform(call, input, wanted);
    return emit(call, { kind: "maxPool2d", window: sideBySide([1, c]) }, [turned]);
  }
  const data = new Float32Array(c).fill(what === "mean" ? 1 / c : 1);
  const weight = { shape: [1, 1, 1, c], data };
  const bias = { shape: [1], data: new Float32Array(1) };
  return emit(call, { kind: "conv2d", window: sideBySide([1, 1]), groups: 1, weight, bias }, [input]);
}
