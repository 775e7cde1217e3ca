/**
 * Nodes of an int8 graph made of what a quantised model file holds: scales, zero points, bytes of weights, biases.
 * Nothing is quantised again: bytes stay bytes, and only multipliers are computed. Which file the numbers come from is
 * the caller's affair, and so are names and wires: every function gives a node's body.
 *
 * A graph whose first step quantises its input has the bytes as its input, and one whose last step dequantises has
 * the bytes as its output; what they stand for is in the tensor's `quantization`.
 */
import { CompileError } from "../../error.ts";
import { activationTable } from "../../graph/activation-table.ts";
import { byteClamp, farthestFromZero, type ByteType } from "../../graph/byte-type.ts";
import type { ActivationFunction, ActivationNode, Add, Clamp, ClampNode } from "../../graph/graph.ts";
import type { Constant, Conv2d, Linear, Mul, Requantize, Softmax, Sub, Window } from "../../graph/graph.ts";
import { addMultipliers, byteLimits, quantizeMultiplier, roundHalfAway } from "../../graph/quantized.ts";
import { logSoftmaxTable, softmaxTable } from "../../graph/quantized-softmax.ts";

/** A node before it has a name and wires. */
export type Body<Kind extends { name: string; inputs: readonly string[]; output: string }> = Omit<
  Kind,
  "name" | "inputs" | "output"
>;

/** What a file tells about a convolution or linear layer. */
export interface Int8Weights {
  /** (OC, KH, KW, IC / groups), symmetric: byte 0 is 0. */
  readonly weight: Constant<Int8Array>;
  /** One, or one an output channel. */
  readonly scales: ArrayLike<number>;
  /** Real numbers, or Int32Array: already in units of input scale × weight scale. */
  readonly bias: Float32Array | Int32Array;
}

/** The ends of a layer; `clamp` is its fused activation in real units. */
export interface Int8Ends {
  /** For messages. */
  readonly name: string;
  readonly input: ByteType;
  readonly output: ByteType;
  readonly clamp?: Clamp;
}

export const reluClamp: Clamp = { min: 0, max: Infinity };

/** `scale` and `zeroPoint` as a file has them: checked, the scale in single precision as PyTorch and ONNX use it. */
export function byteType(name: string, dtype: ByteType["dtype"], scale: number, zeroPoint: number): ByteType {
  const { min, max } = byteLimits(dtype);
  if (!(scale > 0) || !Number.isFinite(scale))
    throw new CompileError(`${name}: its scale is ${scale}, expected a number above 0; quantise it again`);
  if (!Number.isInteger(zeroPoint) || zeroPoint < min || zeroPoint > max) {
    throw new CompileError(
      `${name}: its zero point is ${zeroPoint}, expected ${min} to ${max}; quantise it again`,
    );
  }
  return { dtype, quantization: { scale: Math.fround(scale), zeroPoint } };
}

export function int8Conv2d(
  ends: Int8Ends,
  weights: Int8Weights,
  window: Window,
  groups: number,
): Body<Conv2d> {
  return { kind: "conv2d", window, groups, ...multiplyAccumulate(ends, weights) };
}

/** `weights.weight` is (OUT, H, W, C), or (OUT, 1, 1, C·H·W) behind a flatten. */
export function int8Linear(ends: Int8Ends, weights: Int8Weights): Body<Linear> {
  return { kind: "linear", ...multiplyAccumulate(ends, weights) };
}

export function int8Add(ends: Int8Ends, right: ByteType): Body<Add> {
  return { kind: "add", ...sum(ends, right) };
}

export function int8Sub(ends: Int8Ends, right: ByteType): Body<Sub> {
  return { kind: "sub", ...sum(ends, right) };
}

export function int8Mul({ name, input, output, clamp }: Int8Ends, right: ByteType): Body<Mul> {
  const real = (input.quantization.scale * right.quantization.scale) / output.quantization.scale;
  const fixed = quantizeMultiplier(real);
  const bound = farthestFromZero(input) * farthestFromZero(right);
  if (overflows(bound, fixed.shift)) throw overflow(name, bound);
  const requantize = {
    multiplier: Int32Array.of(fixed.multiplier),
    shift: Int32Array.of(fixed.shift),
    roundsOnce: true,
  };
  return { kind: "mul", clamp: byteClamp(clamp, output), requantize };
}

/** Limits in real units; input and output have one quantisation. */
export function int8Clamp(clamp: Clamp, input: ByteType): Body<ClampNode> {
  return { kind: "clamp", clamp: byteClamp(clamp, input) };
}

/** A function of one number, by table: exact up to the rounding of its result. */
export function int8Activation(
  fn: ActivationFunction,
  parameter: Float32Array,
  input: ByteType,
  output: ByteType,
): Body<ActivationNode> {
  return { kind: "activation", fn, parameter, table: activationTable(fn, parameter, input, output) };
}

/** From one quantisation to another, byte by byte. */
export function int8Requantize(input: ByteType, output: ByteType): Body<ActivationNode> {
  return int8Activation("identity", new Float32Array(0), input, output);
}

/** Softmax over channels; its output is always in 256ths. Logarithms have no such natural scale: see `output`. */
export function int8Softmax(
  log: boolean,
  channels: number,
  input: ByteType,
  output: ByteType,
): Body<Softmax> {
  const { scale } = input.quantization;
  const table = log
    ? logSoftmaxTable(channels, scale, output.quantization.scale)
    : softmaxTable(channels, scale);
  return { kind: "softmax", log, table };
}

/** Room above an accumulator for rounding and the zero point. */
const accumulatorLimit = 2 ** 31 - 2 ** 9;

/** Rounding once takes twice the result. */
function overflows(bound: number, shift: number): boolean {
  return bound * 2 ** Math.max(shift + 1, 0) > accumulatorLimit;
}

function overflow(name: string, bound: number): CompileError {
  return new CompileError(
    `${name}: could come to ${bound} before it is scaled, more than 32 bits hold; quantise it with other scales`,
  );
}

function sum({ name, input, output, clamp }: Int8Ends, right: ByteType): Omit<Body<Add>, "kind"> {
  const twiceMax = 2 * Math.max(input.quantization.scale, right.quantization.scale);
  // TensorFlow Lite's ADD asks for an output factor below 1.
  if (twiceMax >= 2 ** 20 * output.quantization.scale) throw overflow(name, 2 ** 31);
  const requantize = addMultipliers(input.quantization, right.quantization, output.quantization);
  return { clamp: byteClamp(clamp, output), requantize };
}

/** What convolution and linear have in common: weights as they are, biases and multipliers in integers. */
function multiplyAccumulate(
  { name, input, output, clamp }: Int8Ends,
  { weight, scales, bias }: Int8Weights,
): Pick<Conv2d, "weight" | "bias" | "clamp"> & { readonly requantize: Requantize } {
  const channels = weight.shape[0]!;
  const perChannel = weight.data.length / channels;
  const biases = new Int32Array(channels);
  const multiplier = new Int32Array(channels);
  const shift = new Int32Array(channels);
  for (let oc = 0; oc < channels; oc++) {
    const bytes = weight.data.subarray(oc * perChannel, (oc + 1) * perChannel);
    const weights = bytes.reduce((total, w) => total + Math.abs(w), 0);
    const own = scales[scales.length === 1 ? 0 : oc]!;
    const usable = weights > 0 ? own : scaleOfZeros(own, bias[oc]!, input);
    const scale = input.quantization.scale * (bias instanceof Int32Array ? own : usable);
    const rounded = bias instanceof Int32Array ? bias[oc]! : roundHalfAway(bias[oc]! / scale);
    const fixed = quantizeMultiplier(scale / output.quantization.scale);
    const bound = Math.abs(rounded) + weights * farthestFromZero(input);
    if (!(scale > 0) || !Number.isFinite(scale))
      throw new CompileError(`${name}: weight scale ${own} of channel ${oc}; quantise it again`);
    if (overflows(bound, fixed.shift)) throw overflow(`${name}: channel ${oc}`, bound);
    biases[oc] = rounded;
    multiplier[oc] = fixed.multiplier;
    shift[oc] = fixed.shift;
  }
  return {
    weight,
    bias: { shape: [channels], data: biases },
    clamp: byteClamp(clamp, output),
    requantize: { multiplier, shift, roundsOnce: true },
  };
}

/** PyTorch gives a channel of zeros the least scale there is; its bias may then not fit, and any larger scale will do. */
function scaleOfZeros(scale: number, bias: number, input: ByteType): number {
  return Math.max(scale, Math.abs(bias) / (input.quantization.scale * 2 ** 29));
}
