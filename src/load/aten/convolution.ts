/**
 * Convolutions over time and over images, and transposed ones: `conv1d`, `conv2d`, `conv_transpose1d`,
 * `conv_transpose2d`, and the forms tracing records, `_convolution` and `_convolution_mode`.
 */
import type { Padding, Pair } from "../../graph/graph.ts";
import { sequenceItems } from "../value.ts";
import type { Value } from "../value.ts";
import { activation, constant, flag, integer, pair, permuted, vector } from "./arguments.ts";
import { spatialInput } from "./forms.ts";
import { emit, fail, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall, Parameters } from "./operator.ts";

const common: Parameters = {
  input: required,
  weight: required,
  bias: null,
  stride: 1,
  padding: 0,
};

const convolution: Operator = { parameters: { ...common, dilation: 1, groups: 1 }, run: convolve };

const transposedConvolution: Operator = {
  parameters: { ...common, output_padding: 0, groups: 1, dilation: 1 },
  run: convolveTransposed,
};

const tracedConvolution: Operator = {
  parameters: {
    ...common,
    dilation: 1,
    transposed: false,
    output_padding: 0,
    groups: 1,
    benchmark: false,
    deterministic: false,
    cudnn_enabled: true,
    allow_tf32: true,
  },
  run: (call) => (flag(call, "transposed") ? convolveTransposed(call) : convolve(call)),
};

export const convolutions: Readonly<Record<string, Operator>> = {
  conv1d: convolution,
  conv2d: convolution,
  conv_transpose1d: transposedConvolution,
  conv_transpose2d: transposedConvolution,
  convolution: tracedConvolution,
  _convolution: tracedConvolution,
  _convolution_mode: convolution,
};

function convolve(given: OperatorCall): Value {
  const dimensions = countDimensions(given);
  if (dimensions === undefined) return refuse(given, "3-D convolution is not supported; use Conv2d");
  const call = { ...given, operation: `conv${dimensions}d` };
  const weight = constant(call, "weight"); // (OC, IC / groups, KH, KW)
  const input = spatialInput(call, activation(call, "input"), dimensions);
  const [outChannels, depth, kh, kw = 1] = weight.tensor.size as [number, number, number, number?];
  const groups = checkChannels(call, input.shape.at(-1 - dimensions)!, outChannels, depth);
  const kernel: Pair = [kh, kw];
  const stride = pair(call, "stride", 1, dimensions);
  const dilation = pair(call, "dilation", 1, dimensions);
  const padding = readPadding(call, kernel, stride, dilation, dimensions);
  const bias = { shape: [outChannels], data: vector(call, "bias", outChannels, 0) };
  const { data } = permuted(call, weight, [0, 2, 3, 1].slice(0, dimensions + 1).concat(1));
  const ohwi = { shape: [outChannels, kh, kw, depth], data };
  const window = { kernel, stride, dilation, padding };
  return emit(call, { kind: "conv2d", window, groups, weight: ohwi, bias }, [input]);
}

function countDimensions(call: OperatorCall): 1 | 2 | undefined {
  const { size } = constant(call, "weight").tensor;
  if (size.length < 3) fail(call, `its weight has shape ${size.join("x")}, expected a kernel`);
  if (size.some((extent) => extent < 1)) fail(call, `its weight ${size.join("x")} is empty`);
  return size.length === 3 ? 1 : size.length === 4 ? 2 : undefined;
}

/** Returns the number of groups. */
function checkChannels(call: OperatorCall, channels: number, outChannels: number, depth: number): number {
  const groups = integer(call, "groups");
  if (groups < 1 || channels % groups !== 0 || outChannels % groups !== 0) {
    fail(
      call,
      `its ${groups} groups do not divide ${channels} input and ${outChannels} output channels; check --input`,
    );
  }
  if (depth * groups !== channels) {
    fail(
      call,
      `its weights are for ${depth * groups} input channels, its input has ${channels}; check --input`,
    );
  }
  return groups;
}

function convolveTransposed(given: OperatorCall): Value {
  const dimensions = countDimensions(given);
  if (dimensions === undefined)
    return refuse(given, "3-D transposed convolution is not supported; use ConvTranspose2d");
  const call = { ...given, operation: `conv_transpose${dimensions}d` };
  const weight = constant(call, "weight"); // (IC, OC / groups, KH, KW)
  const input = spatialInput(call, activation(call, "input"), dimensions);
  const [inChannels, share, kh, kw = 1] = weight.tensor.size as [number, number, number, number?];
  const groups = integer(call, "groups");
  if (groups < 1 || inChannels % groups !== 0)
    fail(call, `its ${groups} groups do not divide ${inChannels} channels`);
  const outChannels = share * groups;
  const depth = checkChannels(call, input.shape.at(-1 - dimensions)!, outChannels, inChannels / groups);
  const kernel: Pair = [kh, kw];
  const padding = readPadding(call, kernel, [1, 1], [1, 1], dimensions);
  const window = {
    kernel,
    stride: pair(call, "stride", 1, dimensions),
    dilation: pair(call, "dilation", 1, dimensions),
    padding,
  };
  const { data } = permuted(call, weight, [...weight.tensor.size.keys()]);
  const body = {
    kind: "convTranspose2d",
    window,
    outputPadding: pair(call, "output_padding", 0, dimensions),
    groups: depth,
    weight: transposeGroups(data, { groups, share, depth: inChannels / groups, kernel: kh * kw }, kernel),
    bias: { shape: [outChannels], data: vector(call, "bias", outChannels, 0) },
  } as const;
  return emit(call, body, [input]);
}

interface Groups {
  readonly groups: number;
  /** Output channels of a group. */
  readonly share: number;
  /** Input channels of a group. */
  readonly depth: number;
  readonly kernel: number;
}

/** (IC, OC / groups, taps) to (OC, KH, KW, IC / groups). */
function transposeGroups(data: Float32Array, { groups, share, depth, kernel }: Groups, [kh, kw]: Pair) {
  const result = new Float32Array(data.length);
  for (let oc = 0; oc < share * groups; ++oc) {
    for (let tap = 0; tap < kernel; ++tap) {
      for (let ic = 0; ic < depth; ++ic) {
        const from = Math.floor(oc / share) * depth + ic;
        result[(oc * kernel + tap) * depth + ic] = data[(from * share + (oc % share)) * kernel + tap]!;
      }
    }
  }
  return { shape: [share * groups, kh, kw, depth], data: result };
}

/** Numbers, or "valid", or "same": then an odd total puts the extra row below and the extra column to the right. */
function readPadding(
  call: OperatorCall,
  kernel: Pair,
  stride: Pair,
  dilation: Pair,
  dimensions: 1 | 2,
): Padding {
  const mode = sequenceItems(call.args.padding)?.[0] ?? call.args.padding;
  if (mode === "valid") return { top: 0, bottom: 0, left: 0, right: 0 };
  if (mode === "same") {
    if (stride[0] !== 1 || stride[1] !== 1) fail(call, 'padding="same" needs stride 1');
    const total = [dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)] as const;
    const [top, left] = [Math.floor(total[0] / 2), Math.floor(total[1] / 2)];
    return { top, bottom: total[0] - top, left, right: total[1] - left };
  }
  const [vertical, horizontal] = pair(call, "padding", 0, dimensions);
  return { top: vertical, bottom: vertical, left: horizontal, right: horizontal };
}
