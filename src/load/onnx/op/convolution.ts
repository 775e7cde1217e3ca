/** Conv and ConvTranspose over 1 or 2 dimensions. */
import type { Padding } from "../../../graph/graph.ts";
import { spatialInput } from "../../aten/forms.ts";
import { emit, fail, refuse } from "../../aten/operator.ts";
import { transposeArray } from "../array.ts";
import {
  activationInput,
  arrayInput,
  floatsOf,
  integerAttribute,
  integersAttribute,
  optionalArray,
  textAttribute,
  type OnnxCall,
  type OnnxOperator,
} from "../call.ts";
import type { ArrayValue, OnnxValue } from "../value.ts";
import { halves, paddingOf, pairOf, readPads, readWindow, type Ends } from "./window.ts";

export const convolutions: Readonly<Record<string, OnnxOperator>> = {
  Conv: { run: convolve },
  ConvTranspose: { run: convolveTransposed },
};

interface Weights {
  readonly weight: ArrayValue;
  /** Extents of the kernel. */
  readonly kernel: readonly number[];
  readonly dimensions: 1 | 2;
}

function readWeights(call: OnnxCall): Weights | undefined {
  const weight = arrayInput(call, 1, "weight");
  const kernel = weight.shape.slice(2);
  if (kernel.length < 1 || weight.shape.some((extent) => extent < 1))
    return fail(call, `its weight has shape ${weight.shape.join("x")}, expected channels and a kernel`);
  const declared = call.node.attributes.get("kernel_shape")?.integers ?? kernel;
  if (declared.join() !== kernel.join())
    return fail(
      call,
      `kernel_shape ${declared.join("x")} is not its weight's ${kernel.join("x")}; the file is damaged`,
    );
  return kernel.length > 2 ? undefined : { weight, kernel, dimensions: kernel.length as 1 | 2 };
}

/** Refuses weights for other channels than there are; returns the number of groups. */
function checkGroups(
  call: OnnxCall,
  channels: number,
  inChannels: (groups: number) => number,
  outChannels: number,
): number {
  const groups = integerAttribute(call, "group", 1);
  if (groups < 1 || channels % groups !== 0 || outChannels % groups !== 0)
    return fail(
      call,
      `its ${groups} groups do not divide ${channels} input and ${outChannels} output channels; check --input`,
    );
  const wanted = inChannels(groups);
  if (wanted !== channels)
    return fail(
      call,
      `its weights are for ${wanted} input channels, its input has ${channels}; check --input`,
    );
  return groups;
}

function readBias(call: OnnxCall, outChannels: number) {
  const bias = optionalArray(call, 2, "bias");
  if (!bias) return { shape: [outChannels], data: new Float32Array(outChannels) };
  if (bias.data.length !== outChannels)
    return fail(call, `its bias has ${bias.data.length} values, expected ${outChannels}`);
  return { shape: [outChannels], data: floatsOf(call, bias) };
}

function convolve(given: OnnxCall): OnnxValue {
  const weights = readWeights(given);
  if (!weights) return refuse(given, "3-D convolution is not supported; use Conv2d");
  const { weight, kernel, dimensions } = weights; // weight: (OC, IC / groups, KH, KW)
  const call = { ...given, operation: `conv${dimensions}d` };
  const input = spatialInput(call, activationInput(call, 0), dimensions);
  const [outChannels, depth] = weight.shape as [number, number];
  const groups = checkGroups(call, input.shape.at(-1 - dimensions)!, (count) => depth * count, outChannels);
  const window = readWindow(call, input, kernel);
  const order = dimensions === 2 ? [0, 2, 3, 1] : [0, 2, 1];
  const data = floatsOf(call, transposeArray(weight, order));
  const { scales } = weight;
  if (scales && (scales.values.length === 1 || scales.axis === 0))
    call.context.quantizations.markWeights(data, scales.values);
  const ohwi = { shape: [outChannels, kernel[0]!, kernel[1] ?? 1, depth], data };
  return emit(call, { kind: "conv2d", window, groups, weight: ohwi, bias: readBias(call, outChannels) }, [
    input,
  ]);
}

function convolveTransposed(given: OnnxCall): OnnxValue {
  const weights = readWeights(given);
  if (!weights) return refuse(given, "3-D transposed convolution is not supported; use ConvTranspose2d");
  const { weight, kernel, dimensions } = weights; // weight: (IC, OC / groups, KH, KW)
  const call = { ...given, operation: `conv_transpose${dimensions}d` };
  const input = spatialInput(call, activationInput(call, 0), dimensions);
  const [inChannels, share] = weight.shape as [number, number];
  const groups = checkGroups(
    call,
    input.shape.at(-1 - dimensions)!,
    () => inChannels,
    share * integerAttribute(call, "group", 1),
  );
  const strides = integersAttribute(call, "strides", dimensions, 1, 1);
  const dilations = integersAttribute(call, "dilations", dimensions, 1, 1);
  const { padding, outputPadding } = readTransposedPads(call, input.shape.slice(-dimensions), {
    kernel,
    strides,
    dilations,
  });
  const window = {
    kernel: pairOf(kernel, 1),
    stride: pairOf(strides, 1),
    dilation: pairOf(dilations, 1),
    padding,
  };
  const outChannels = share * groups;
  const depth = inChannels / groups;
  const ohwi = {
    shape: [outChannels, window.kernel[0], window.kernel[1], depth],
    data: transposeGroups(floatsOf(call, weight), groups, share, depth),
  };
  const { scales } = weight;
  if (scales && (scales.values.length === 1 || (scales.axis === 1 && groups === 1)))
    call.context.quantizations.markWeights(ohwi.data, scales.values);
  const bias = readBias(call, outChannels);
  return emit(call, { kind: "convTranspose2d", window, outputPadding, groups, weight: ohwi, bias }, [input]);
}

/** (IC, OC / groups, taps) to (OC, taps, IC / groups). */
function transposeGroups(data: Float32Array, groups: number, share: number, depth: number): Float32Array {
  const taps = data.length / (groups * depth * share);
  const result = new Float32Array(data.length);
  for (let oc = 0; oc < share * groups; ++oc) {
    for (let tap = 0; tap < taps; ++tap) {
      for (let ic = 0; ic < depth; ++ic) {
        const from = Math.floor(oc / share) * depth + ic;
        result[(oc * taps + tap) * depth + ic] = data[(from * share + (oc % share)) * taps + tap]!;
      }
    }
  }
  return result;
}

interface Spread {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** Pads cut off the result; where the output's size is asked for they follow from it, and too few become output padding. */
function readTransposedPads(
  call: OnnxCall,
  extents: readonly number[],
  { kernel, strides, dilations }: Spread,
): { padding: Padding; outputPadding: readonly [number, number] } {
  const rank = kernel.length;
  const extra = [...integersAttribute(call, "output_padding", rank, 0, 0)];
  const sizes = call.node.attributes.get("output_shape")?.integers.slice(-rank);
  const given = readPads(call, rank);
  const isUpper = textAttribute(call, "auto_pad", "NOTSET") === "SAME_UPPER";
  const ends = given.map((pads, dim): Ends => {
    const size = sizes?.[dim] ?? (pads ? undefined : extents[dim]! * strides[dim]!);
    if (size === undefined) return pads!;
    const full = (extents[dim]! - 1) * strides[dim]! + dilations[dim]! * (kernel[dim]! - 1) + 1;
    const total = full + extra[dim]! - size;
    if (total < 0) extra[dim]! -= total;
    return halves(Math.max(total, 0), isUpper);
  });
  return { padding: paddingOf(ends), outputPadding: pairOf(extra, 0) };
}
