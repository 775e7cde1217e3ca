import type { Clamp, DType, Quantization, Requantize, RequantizeAdd } from "./graph.ts";

/**
 * The integer arithmetic of int8 graphs: what becomes of one number. All of it is TensorFlow Lite's, so that its
 * published accuracy and CMSIS-NN's kernels are comparable, but for what follows PyTorch: `requantizeNearest`, `roundHalfEven`.
 *
 * Sources: tensorflow/lite/kernels/internal/quantization_util.cc (QuantizeMultiplier), common.h
 * (MultiplyByQuantizedMultiplier, double rounding), gemmlowp/fixedpoint/fixedpoint.h
 * (SaturatingRoundingDoublingHighMul, RoundingDivideByPOT), reference/integer_ops/add.h.
 * Multipliers are never negative here, so gemmlowp's one overflow (−2^31 × −2^31) cannot occur.
 */

/** What fits an element of an activation, a byte or 16 bits. */
export function byteLimits(dtype: Exclude<DType, "f32">): Clamp {
  switch (dtype) {
    case "i8":
      return { min: -128, max: 127 };
    case "u8":
      return { min: 0, max: 255 };
    // Symmetric: −32768 is left out, as TensorFlow Lite does.
    case "i16":
      return { min: -32767, max: 32767 };
  }
}

/** C's `round`: to the nearest integer, halves away from zero. */
export function roundHalfAway(x: number): number {
  return x < 0 ? -Math.round(-x) : Math.round(x);
}

/** C's `nearbyint`: to the nearest integer, halves to the even one. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const isUp = x - below === 0.5 ? below % 2 !== 0 : x - below > 0.5;
  return isUp ? below + 1 : below;
}

/** The byte nearest to a real number: clamp(round(x / scale) + zeroPoint), the quotient in single precision. */
export function quantizeValue(x: number, { scale, zeroPoint }: Quantization, limits: Clamp): number {
  const q = roundHalfAway(Math.fround(Math.fround(x) / Math.fround(scale))) + zeroPoint;
  return Math.min(Math.max(q, limits.min), limits.max);
}

/** The real number a byte stands for: scale × (q − zeroPoint), in single precision. */
export function dequantizeValue(q: number, { scale, zeroPoint }: Quantization): number {
  return Math.fround(Math.fround(scale) * (q - zeroPoint));
}

/** A real factor in fixed point: real = multiplier × 2^(shift − 31), multiplier in [2^30, 2^31) or 0. */
export interface FixedPoint {
  readonly multiplier: number;
  readonly shift: number;
}

/**
 * QuantizeMultiplier: the nearest fixed-point form of a positive real factor. A factor below 2^−32 becomes 0, one of
 * 2^30 or more the largest there is.
 */
export function quantizeMultiplier(real: number): FixedPoint {
  if (real === 0) return { multiplier: 0, shift: 0 };
  let shift = Math.floor(Math.log2(real)) + 1;
  // log2 rounds, and may be off by one next to a power of two.
  if (real >= 2 ** shift) shift++;
  else if (real < 2 ** (shift - 1)) shift--;
  let multiplier = Math.round(real * 2 ** (31 - shift));
  if (multiplier === 2 ** 31) {
    multiplier = 2 ** 30;
    shift++;
  }
  if (shift < -31) return { multiplier: 0, shift: 0 };
  if (shift > 30) return { multiplier: 2 ** 31 - 1, shift: 30 };
  return { multiplier, shift };
}

/**
 * MultiplyByQuantizedMultiplier: acc × multiplier × 2^(shift − 31) in i32, rounded twice:
 * RoundingDivideByPOT(SaturatingRoundingDoublingHighMul(acc << max(shift, 0), multiplier), max(−shift, 0)).
 */
export function requantize(acc: number, multiplier: number, shift: number): number {
  const shifted = shift > 0 ? acc << shift : acc;
  const high = roundingDoublingHighMul(shifted, multiplier);
  return shift < 0 ? roundingDivideByPot(high, -shift) : high;
}

/**
 * acc × multiplier × 2^(shift − 31), rounded once, halves up: floor((acc × multiplier + 2^(30 − shift)) / 2^(31 − shift)).
 * PyTorch's QNNPACK multiplies in single precision and rounds halves to even, which is the same number unless a product
 * is within a float's rounding of a half; CMSIS-NN has these integers as its single-rounding build.
 *
 * The product is (high + low / 2^16) × 2^16, as below; `low` decides nothing where its bits are shifted out.
 */
export function requantizeNearest(acc: number, multiplier: number, shift: number): number {
  const product = acc * (multiplier & 0xffff);
  const high = acc * (multiplier >>> 16) + Math.floor(product / 0x10000);
  const bits = 15 - shift;
  if (bits > 0) return Math.floor((high + 2 ** (bits - 1)) / 2 ** bits);
  const low = product - Math.floor(product / 0x10000) * 0x10000;
  return high * 2 ** -bits + Math.floor((low + 2 ** (30 - shift)) / 2 ** (31 - shift));
}

/** By the multiplier and shift of one channel. */
export function rescale(acc: number, { multiplier, shift, roundsOnce }: Requantize, channel = 0): number {
  return (roundsOnce ? requantizeNearest : requantize)(acc, multiplier[channel]!, shift[channel]!);
}

/**
 * (a × b + nudge) / 2^31 truncated, nudge = 2^30 for a × b >= 0 and 1 − 2^30 below: the high half of the doubled
 * 64-bit product, rounded to nearest, halves up. `b` is not negative.
 *
 * A product of 62 bits does not fit a double, so it is made of two: with b = 2^16 × high + low,
 * floor((|a| × b + n) / 2^31) = floor((|a| × high + floor((|a| × low + n) / 2^16)) / 2^15), each part below 2^48.
 */
export function roundingDoublingHighMul(a: number, b: number): number {
  const high = b >>> 16;
  const low = b & 0xffff;
  if (a >= 0) return Math.floor((a * high + Math.floor((a * low + 0x40000000) / 0x10000)) / 0x8000);
  const carry = Math.floor((-a * low + 0x3fffffff) / 0x10000);
  return -Math.floor((-a * high + carry) / 0x8000) | 0;
}

/** x / 2^exponent to the nearest, halves away from zero; exponent in [0, 31]. */
export function roundingDivideByPot(x: number, exponent: number): number {
  const mask = (1 << exponent) - 1;
  const threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/**
 * The integers of ADD for real factors of both inputs and the output: inputs are scaled to half of the larger scale
 * with 20 bits to spare, summed, and scaled to the output. real: left = s1 / 2max, right = s2 / 2max,
 * output = 2max / (2^20 × so), 2max = 2 × max(s1, s2). Where an input has 16 bits there are 15 to spare.
 */
export function addMultipliers(
  left: Quantization,
  right: Quantization,
  output: Quantization,
  leftShift = 20,
): RequantizeAdd {
  const twiceMax = 2 * Math.max(left.scale, right.scale);
  return {
    leftShift,
    left: one(quantizeMultiplier(left.scale / twiceMax)),
    right: one(quantizeMultiplier(right.scale / twiceMax)),
    output: one(quantizeMultiplier(twiceMax / (2 ** leftShift * output.scale))),
  };
}

/** The sum of two bytes less their zero points, in units of the output's scale, before its zero point and limits. */
export function requantizeSum(left: number, right: number, factors: RequantizeAdd): number {
  const scaledLeft = rescale(left << factors.leftShift, factors.left);
  const scaledRight = rescale(right << factors.leftShift, factors.right);
  return rescale(scaledLeft + scaledRight, factors.output);
}

function one({ multiplier, shift }: FixedPoint) {
  return { multiplier: Int32Array.of(multiplier), shift: Int32Array.of(shift) };
}
