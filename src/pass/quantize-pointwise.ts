import { activationTable } from "../graph/activation-table.ts";
import { byteClamp, farthestFromZero, type ByteType } from "../graph/byte-type.ts";
import type { ActivationFunction, ActivationNode, Add, Mul, Shape, Softmax, Sub } from "../graph/graph.ts";
import { addMultipliers, quantizeMultiplier } from "../graph/quantized.ts";
import { logSoftmaxTable, softmaxScale, softmaxTable } from "../graph/quantized-softmax.ts";
import { log } from "../graph/transcendental.ts";
import { activationQuantization, type TypeOfRange } from "./activation-quantization.ts";
import type { Range } from "./observe.ts";

/** The integers of the kinds that treat every element, or every pixel, alone. */

interface Quantized<Kind> {
  readonly node: Kind;
  readonly output: ByteType;
}

/** What is in [0, 1): u8 with scale 1/256, as TensorFlow Lite has LOGISTIC and SOFTMAX but for the zero point. */
const unitInterval: ByteType = { dtype: "u8", quantization: { scale: softmaxScale, zeroPoint: 0 } };

/** (−1, 1): TensorFlow Lite's TANH. */
const signedUnit: ByteType = { dtype: "i8", quantization: { scale: 1 / 128, zeroPoint: 0 } };

/** Sigmoid and tanh have ranges of their own; of others the calibrated range counts. */
export function quantizeActivation(
  node: ActivationNode,
  input: ByteType,
  range: Range,
): Quantized<ActivationNode> {
  const output = fixedType(node.fn) ?? activationQuantization(range);
  return { node: { ...node, table: activationTable(node.fn, node.parameter, input, output) }, output };
}

function fixedType(fn: ActivationFunction): ByteType | undefined {
  switch (fn) {
    case "sigmoid":
      return unitInterval;
    case "tanh":
      return signedUnit;
    case "leakyRelu":
    case "prelu":
    case "elu":
    case "silu":
    case "hardswish":
    case "hardsigmoid":
    case "identity":
      return undefined;
  }
}

/** Probabilities have scale 1/256; their logarithms the scale of the calibrated range. */
export function quantizeSoftmax(
  node: Softmax,
  { c }: Shape,
  input: ByteType,
  range: Range,
): Quantized<Softmax> {
  const { scale } = input.quantization;
  if (!node.log) return { node: { ...node, table: softmaxTable(c, scale) }, output: unitInterval };
  const least = leastLogScale(scale, c);
  const output = activationQuantization(range, least);
  return { node: { ...node, table: logSoftmaxTable(c, scale, output.quantization.scale) }, output };
}

/** No scale so fine that distances or logarithms in 2^−12 of it leave 31 bits. */
function leastLogScale(inputScale: number, channels: number): number {
  return Math.max((255 * inputScale + log(channels)) / 2 ** 18, Math.LN2 / 256);
}

/** TensorFlow Lite's ADD, and its SUB, which is the same with the second operand's sign turned. */
export function quantizeSum<Kind extends Add | Sub>(
  node: Kind,
  [left, right]: readonly [ByteType, ByteType],
  rangeType: TypeOfRange,
): Quantized<Kind> {
  const spare = [left, right].some(({ dtype }) => dtype === "i16") ? 15 : 20;
  const twiceMax = 2 * Math.max(left.quantization.scale, right.quantization.scale);
  // It asks for an output factor, twiceMax / (2^20 × scale), below 1.
  const output = rangeType((twiceMax / 2 ** spare) * (1 + 2 ** -20));
  const requantize = addMultipliers(left.quantization, right.quantization, output.quantization, spare);
  return { node: { ...node, clamp: byteClamp(node.clamp, output), requantize }, output };
}

/** One multiplier: the product's scale is the product of both scales. */
export function quantizeMul(
  node: Mul,
  [left, right]: readonly [ByteType, ByteType],
  rangeType: TypeOfRange,
): Quantized<Mul> {
  const scale = left.quantization.scale * right.quantization.scale;
  // So many bits a left shift may take without pushing a product out of 32.
  const bits = Math.floor(Math.log2((2 ** 31 - 2 ** 9) / (farthestFromZero(left) * farthestFromZero(right))));
  const output = rangeType((scale / 2 ** bits) * (1 + 2 ** -20));
  const { multiplier, shift } = quantizeMultiplier(scale / output.quantization.scale);
  const requantize = { multiplier: Int32Array.of(multiplier), shift: Int32Array.of(shift) };
  return { node: { ...node, clamp: byteClamp(node.clamp, output), requantize }, output };
}
