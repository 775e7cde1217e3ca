/** 2-D convolutions: `conv2d`, and the forms tracing records, `_convolution` and `_convolution_mode`. */
import type { Padding, Pair } from "../../graph/graph.ts";
import { sequenceItems } from "../value.ts";
import type { Value } from "../value.ts";
import { activation, constant, flag, imageShape, integer, pair, permuted, vector } from "./arguments.ts";
import { emit, fail, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall, Parameters } from "./operator.ts";

const common: Parameters = {
  input: required,
  weight: required,
  bias: null,
  stride: 1,
  padding: 0,
  dilation: 1,
};

const conv2d: Operator = { parameters: { ...common, groups: 1 }, run: convolve };

const tracedConvolution: Operator = {
  parameters: {
    ...common,
    transposed: false,
    output_padding: 0,
    groups: 1,
    benchmark: false,
    deterministic: false,
    cudnn_enabled: true,
    allow_tf32: true,
  },
  run: (call) => {
    const traced = { ...call, operation: flag(call, "transposed") ? "conv_transpose2d" : "conv2d" };
    return flag(call, "transposed")
      ? refuse(traced, "transposed convolution is not supported")
      : convolve(traced);
  },
};

export const convolutions: Readonly<Record<string, Operator>> = {
  conv2d,
  _convolution: tracedConvolution,
  _convolution_mode: { ...conv2d, run: (call) => convolve({ ...call, operation: "conv2d" }) },
};

function convolve(call: OperatorCall): Value {
  const weight = constant(call, "weight");
  const { size } = weight.tensor; // (OC, IC / groups, KH, KW)
  if (size.length !== 4) return refuse(call, `${size.length - 2}-D convolution is not supported; use Conv2d`);
  const input = activation(call, "input");
  const { channels } = imageShape(call, input);
  const groups = integer(call, "groups");
  if (size.some((extent) => extent < 1)) fail(call, `its weight ${size.join("x")} is empty`);
  if (groups < 1 || channels % groups !== 0 || size[0]! % groups !== 0) {
    fail(
      call,
      `its ${groups} groups do not divide ${channels} input and ${size[0]} output channels; check --input`,
    );
  }
  if (size[1]! * groups !== channels) {
    fail(
      call,
      `its weights are for ${size[1]! * groups} input channels, its input has ${channels}; check --input`,
    );
  }
  const kernel: Pair = [size[2]!, size[3]!];
  const stride = pair(call, "stride", 1);
  const dilation = pair(call, "dilation", 1);
  const window = { kernel, stride, dilation, padding: readPadding(call, kernel, stride, dilation) };
  const bias = { shape: [size[0]!], data: vector(call, "bias", size[0]!, 0) };
  const ohwi = permuted(call, weight, [0, 2, 3, 1]);
  return emit(call, { kind: "conv2d", window, groups, weight: ohwi, bias }, [input]);
}

/** Numbers, or "valid", or "same": then an odd total puts the extra row below and the extra column to the right. */
function readPadding(call: OperatorCall, kernel: Pair, stride: Pair, dilation: Pair): Padding {
  const mode = sequenceItems(call.args.padding)?.[0] ?? call.args.padding;
  if (mode === "valid") return { top: 0, bottom: 0, left: 0, right: 0 };
  if (mode === "same") {
    if (stride[0] !== 1 || stride[1] !== 1) fail(call, 'padding="same" needs stride 1');
    const total = [dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)] as const;
    const [top, left] = [Math.floor(total[0] / 2), Math.floor(total[1] / 2)];
    return { top, bottom: total[0] - top, left, right: total[1] - left };
  }
  const [vertical, horizontal] = pair(call, "padding", 0);
  return { top: vertical, bottom: vertical, left: horizontal, right: horizontal };
}
