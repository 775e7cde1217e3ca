/** Pooling over time and over images: maximum, average and their adaptive forms. */
import type { Padding, Pair, Window } from "../../graph/graph.ts";
import { isValue, sequenceItems, unknownValue } from "../value.ts";
import type { Activation, Value } from "../value.ts";
import { activation, flag, integer, pair } from "./arguments.ts";
import { spatialInput } from "./forms.ts";
import { emit, fail, required } from "./operator.ts";
import type { Operator, OperatorCall } from "./operator.ts";

type Dimensions = 1 | 2;

function maxPool(dimensions: Dimensions): Operator {
  return {
    parameters: {
      input: required,
      kernel_size: required,
      stride: null,
      padding: 0,
      dilation: 1,
      ceil_mode: false,
    },
    run: (call) => {
      const input = spatialInput(call, activation(call, "input"), dimensions);
      const window = readWindow(call, input, pair(call, "dilation", 1, dimensions), dimensions);
      return emit(call, { kind: "maxPool2d", window }, [input]);
    },
  };
}

function avgPool(dimensions: Dimensions): Operator {
  return {
    parameters: {
      input: required,
      kernel_size: required,
      stride: null,
      padding: 0,
      ceil_mode: false,
      count_include_pad: true,
      divisor_override: null,
    },
    run: (call) => {
      const input = spatialInput(call, activation(call, "input"), dimensions);
      const window = readWindow(call, input, [1, 1], dimensions);
      const hasDivisor = call.args.divisor_override !== null;
      const divisor = hasDivisor ? integer(call, "divisor_override") : 1;
      if (divisor < 1) fail(call, `divisor_override is ${divisor}, expected at least 1`);
      const countIncludePad = flag(call, "count_include_pad");
      return emit(call, { kind: "avgPool2d", window, countIncludePad, ...(hasDivisor && { divisor }) }, [
        input,
      ]);
    },
  };
}

/** A plain pool where the output's size divides the input's. */
function adaptivePool(fn: "avg" | "max", dimensions: Dimensions): Operator {
  return {
    parameters: { input: required, output_size: required },
    run: (call) => {
      const input = spatialInput(call, activation(call, "input"), dimensions);
      const [height, width] = extentsOf(input, dimensions);
      const sizes = sequenceItems(call.args.output_size) ?? [call.args.output_size!];
      const items = sizes.map((size, index) => size ?? [height, width][index]!);
      const args = { output_size: { kind: "list", items } as const };
      const [h, w] = pair({ ...call, args }, "output_size", 1, dimensions);
      if (height % h !== 0 || width % w !== 0)
        return emit(call, { kind: "adaptivePool2d", fn, size: [h, w] }, [input]);
      const window = sideBySide([height / h, width / w]);
      const body =
        fn === "max"
          ? ({ kind: "maxPool2d", window } as const)
          : ({ kind: "avgPool2d", window, countIncludePad: false } as const);
      return emit(call, body, [input]);
    },
  };
}

/** The forms that give the places of the maxima too; those are unknown. */
function withIndices(operator: Operator): Operator {
  const run = (call: OperatorCall): Value => ({ kind: "tuple", items: [operator.run(call), unknownValue] });
  return { ...operator, run };
}

export const poolings: Readonly<Record<string, Operator>> = {
  max_pool1d: maxPool(1),
  max_pool2d: maxPool(2),
  max_pool1d_with_indices: withIndices(maxPool(1)),
  max_pool2d_with_indices: withIndices(maxPool(2)),
  avg_pool1d: avgPool(1),
  avg_pool2d: avgPool(2),
  adaptive_avg_pool1d: adaptivePool("avg", 1),
  adaptive_avg_pool2d: adaptivePool("avg", 2),
  _adaptive_avg_pool2d: adaptivePool("avg", 2),
  adaptive_max_pool1d: withIndices(adaptivePool("max", 1)),
  adaptive_max_pool2d: withIndices(adaptivePool("max", 2)),
};

/** Windows that touch and do not overlap. */
export function sideBySide(kernel: Pair): Window {
  return { kernel, stride: kernel, dilation: [1, 1], padding: { top: 0, bottom: 0, left: 0, right: 0 } };
}

/** Height and width; a signal's length and 1. */
function extentsOf(input: Activation, dimensions: Dimensions): Pair {
  return [input.shape.at(-dimensions)!, dimensions === 1 ? 1 : input.shape.at(-1)!];
}

/** A stride left out, None or [], is the kernel's size. */
function readWindow(call: OperatorCall, input: Activation, dilation: Pair, dimensions: Dimensions): Window {
  const [height, width] = extentsOf(input, dimensions);
  const kernel = pair(call, "kernel_size", 1, dimensions);
  const isDefault =
    call.args.stride === null || (isValue(call.args.stride, "list") && call.args.stride.items.length === 0);
  const stride = isDefault ? kernel : pair(call, "stride", 1, dimensions);
  const padding = pair(call, "padding", 0, dimensions);
  if (padding[0] * 2 > kernel[0] || padding[1] * 2 > kernel[1]) {
    fail(call, `padding ${padding.join("x")} is more than half its kernel ${kernel.join("x")}`);
  }
  const span = [dilation[0] * (kernel[0] - 1) + 1, dilation[1] * (kernel[1] - 1) + 1] as const;
  const isCeil = flag(call, "ceil_mode");
  const below = isCeil ? ceilPadding(height, span[0], stride[0], padding[0]) : padding[0];
  const right = isCeil ? ceilPadding(width, span[1], stride[1], padding[1]) : padding[1];
  const around: Padding = { top: padding[0], bottom: below, left: padding[1], right };
  return { kernel, stride, dilation, padding: around };
}

/**
 * Padding after the last row so that flooring the number of windows gives what ceil_mode gives: one more window for
 * the rows left over, unless it would start in the padding (PyTorch, `pooling_output_shape_pad_lr`).
 */
function ceilPadding(extent: number, span: number, stride: number, padding: number): number {
  let windows = Math.ceil((extent + 2 * padding - span) / stride) + 1;
  if ((windows - 1) * stride >= extent + padding) windows -= 1;
  return Math.max(padding, (windows - 1) * stride + span - extent - padding);
}
