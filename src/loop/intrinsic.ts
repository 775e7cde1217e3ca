/**
 * The meaning of every operation and intrinsic of the IR, in exact JavaScript. Readers that print text spell the same
 * thing in another language; the interpreter calls these.
 */
import type { BinaryOp } from "./ir.ts";

/** An i32 operation; the result wraps. `/` and `%` need left ≥ 0 and right > 0: who calls checks. */
export function evaluateBinary(op: BinaryOp, a: number, b: number): number {
  switch (op) {
    case "+":
    case "+%":
      return (a + b) | 0;
    case "-":
    case "-%":
      return (a - b) | 0;
    case "*":
    case "*%":
      return Math.imul(a, b);
    case "/":
      return Math.floor(a / b);
    case "%":
      return a % b;
    case "<<":
      return a << b;
    case ">>":
      return a >> b;
    case "&":
      return a & b;
    case "^":
      return a ^ b;
    case "min":
      return a < b ? a : b;
    case "max":
      return a > b ? a : b;
    case "<":
      return a < b ? 1 : 0;
  }
}

/** An f32 operation of two f32 values, rounded once. `min` and `max` give the right one where neither is less. */
export function evaluateFloat(op: BinaryOp, a: number, b: number): number {
  switch (op) {
    case "+":
      return Math.fround(a + b);
    case "-":
      return Math.fround(a - b);
    case "*":
      return Math.fround(a * b);
    case "/":
      return Math.fround(a / b);
    case "min":
      return a < b ? a : b;
    case "max":
      return a > b ? a : b;
    case "%":
    case "<<":
    case ">>":
    case "&":
    case "^":
    case "<":
    case "+%":
    case "-%":
    case "*%":
      throw new Error(`${op} is for integers`);
  }
}

/**
 * TensorFlow Lite's MultiplyByQuantizedMultiplier with double rounding: acc × multiplier × 2^(shift − 31), rounded
 * to nearest twice, at the doubling multiply and at the right shift. `multiplier` in [2^30, 2^31); `shift` in
 * [−31, 30]; the left shift wraps.
 */
export function requantize(acc: number, multiplier: number, shift: number): number {
  const left = shift > 0 ? shift : 0;
  const right = shift > 0 ? 0 : -shift;
  return roundingShiftRight(saturatingDoublingHigh(acc << left, multiplier), right);
}

/**
 * floor((acc × multiplier + 2^30 + 2^(30 + right)) / 2^(31 + right)), right = −shift in [1, 31], exact: the floor of a
 * floor is the floor of the whole.
 */
export function requantizeOnce(acc: number, multiplier: number, shift: number): number {
  const high = (acc >> 16) * multiplier;
  const carried = Math.floor(high / 0x8000);
  const below = (high - carried * 0x8000) * 0x10000 + (acc & 0xffff) * multiplier;
  const once = carried + Math.floor((below + 0x40000000) / 0x80000000);
  return Math.floor((once + 2 ** (-shift - 1)) / 2 ** -shift) | 0;
}

/**
 * CMSIS-NN's arm_nn_requantize with single rounding: (floor(acc × multiplier / 2^(30 − shift)) + 1) >> 1, the quotient
 * wrapping to 32 bits; operands as of `requantize`.
 */
export function requantizeNearest(acc: number, multiplier: number, shift: number): number {
  // acc·multiplier = high·2^16 + low, each exact in a double.
  const low = acc * (multiplier & 0xffff);
  const high = acc * (multiplier >> 16) + Math.floor(low / 0x10000);
  const right = 30 - shift;
  const twice =
    right >= 16 ? Math.floor(high / 2 ** (right - 16)) : high * 2 ** (16 - right) + ((low & 0xffff) >> right);
  return ((twice | 0) + 1) >> 1;
}

/** gemmlowp's SaturatingRoundingDoublingHighMul: (2ab + 2^31) / 2^32 in 64 bits, truncated towards zero. */
export function saturatingDoublingHigh(a: number, b: number): number {
  if (a === -0x80000000 && b === -0x80000000) return 0x7fffffff;
  // a·b = high·2^16 + low, each exact in a double; then split at 2^31, the bits that stay.
  const high = (a >> 16) * b;
  const low = (a & 0xffff) * b;
  const carried = Math.floor(high / 0x8000);
  const below = (high - carried * 0x8000) * 0x10000 + low;
  const isNegative = a !== 0 && b !== 0 && a < 0 !== b < 0;
  const nudged = below + (isNegative ? 1 - 0x40000000 : 0x40000000);
  const floor = carried + Math.floor(nudged / 0x80000000);
  const rest = nudged - Math.floor(nudged / 0x80000000) * 0x80000000;
  return (floor < 0 && rest > 0 ? floor + 1 : floor) | 0;
}

/** gemmlowp's RoundingDivideByPOT: x / 2^exponent, rounded to nearest, halves away from zero. */
export function roundingShiftRight(x: number, exponent: number): number {
  if (exponent === 0) return x;
  const mask = exponent === 31 ? 0x7fffffff : (1 << exponent) - 1;
  const threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return ((x >> exponent) + ((x & mask) > threshold ? 1 : 0)) | 0;
}

/** Multiplies 16-bit lanes and adds adjacent pairs; writes half as many i32 lanes to `out`. */
export function dot(a: Int32Array, b: Int32Array, out: Int32Array): void {
  for (let i = 0; i < out.length; i++) {
    out[i] = (Math.imul(a[2 * i]!, b[2 * i]!) + Math.imul(a[2 * i + 1]!, b[2 * i + 1]!)) | 0;
  }
}

const word = new DataView(new ArrayBuffer(4));

/** The bits of an f32 as an i32. */
export function bitsOf(x: number): number {
  word.setFloat32(0, x);
  return word.getInt32(0);
}

/** The f32 of these bits. */
export function fromBits(bits: number): number {
  word.setInt32(0, bits);
  return word.getFloat32(0);
}

/** The low 16 bits, sign-extended: what one lane of an i16x2 or i16x8 holds. */
export const lane16 = (x: number): number => (x << 16) >> 16;
