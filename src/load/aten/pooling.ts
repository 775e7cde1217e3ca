/** Pooling over images: maximum, average, adaptive average, and the mean over height and width. */
import type { Padding, Pair, Window } from "../../graph/graph.ts";
import { isValue, sequenceItems } from "../value.ts";
import type { Activation, Value } from "../value.ts";
import { activation, axis, flag, imageShape, integers, pair } from "./arguments.ts";
import { emit, fail, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall } from "./operator.ts";

const maxPool2d: Operator = {
  parameters: {
    input: required,
    kernel_size: required,
    stride: null,
    padding: 0,
    dilation: 1,
    ceil_mode: false,
  },
  run: (call) => {
    const input = activation(call, "input");
    const window = readWindow(call, input, pair(call, "dilation", 1));
    return emit(call, { kind: "maxPool2d", window }, [input]);
  },
};

const avgPool2d: Operator = {
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
    const input = activation(call, "input");
    const window = readWindow(call, input, [1, 1]);
    if (call.args.divisor_override !== null)
      return refuse(call, "divisor_override is not supported; leave it out");
    return emit(call, { kind: "avgPool2d", window, countIncludePad: flag(call, "count_include_pad") }, [
      input,
    ]);
  },
};

const adaptiveAvgPool2d: Operator = {
  parameters: { input: required, output_size: required },
  run: (call) => {
    const input = activation(call, "input");
    const { height, width } = imageShape(call, input);
    const sizes = sequenceItems(call.args.output_size) ?? [call.args.output_size!];
    const wanted = sizes.map((size, index) => size ?? [height, width][index]!);
    const [h, w] = pair(
      { ...call, args: { output_size: { kind: "list", items: wanted } } },
      "output_size",
      1,
    );
    if (height % h !== 0 || width % w !== 0) {
      return refuse(
        call,
        `output ${h}x${w} does not divide its input ${height}x${width}; choose sizes that do`,
      );
    }
    return average(call, input, [height / h, width / w]);
  },
};

/** Over height and width together: an average pool as large as the image. */
const mean: Operator = {
  parameters: { input: required, dim: null, keepdim: false, dtype: null },
  run: (call) => {
    const input = activation(call, "input");
    const axes =
      call.args.dim === null ? [] : integers(call, "dim").map((dim) => axis(call, dim, input.shape.length));
    if (input.shape.length !== 4 || axes.toSorted((a, b) => a - b).join() !== "2,3") {
      return refuse(call, "a mean is supported over height and width of an image only, dim=(2, 3)");
    }
    const { channels, height, width } = imageShape(call, input);
    return average(call, input, [height, width], flag(call, "keepdim") ? undefined : [1, channels]);
  },
};

export const poolings: Readonly<Record<string, Operator>> = {
  max_pool2d: maxPool2d,
  avg_pool2d: avgPool2d,
  adaptive_avg_pool2d: adaptiveAvgPool2d,
  mean,
};

/** Windows side by side. */
function average(call: OperatorCall, input: Activation, kernel: Pair, shape?: readonly number[]): Value {
  const padding = { top: 0, bottom: 0, left: 0, right: 0 };
  const window = { kernel, stride: kernel, dilation: [1, 1] as const, padding };
  return emit(call, { kind: "avgPool2d", window, countIncludePad: false }, [input], shape);
}

/** A stride left out, None or [], is the kernel's size. */
function readWindow(call: OperatorCall, input: Activation, dilation: Pair): Window {
  const { height, width } = imageShape(call, input);
  const kernel = pair(call, "kernel_size", 1);
  const isDefault =
    call.args.stride === null || (isValue(call.args.stride, "list") && call.args.stride.items.length === 0);
  const stride = isDefault ? kernel : pair(call, "stride", 1);
  const padding = pair(call, "padding", 0);
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
