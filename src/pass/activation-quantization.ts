import type { ByteType } from "../graph/byte-type.ts";
import type { Range } from "./observe.ts";

/** Below this a scale would not be a normal single-precision number. */
const smallestScale = 2 ** -126;

/**
 * The quantisation of values in `range`, widened to hold 0, with a scale of at least `leastScale`.
 *
 * Never negative: u8 with zero point 0. Else i8, with the zero point nudged to an integer as TensorFlow Lite does
 * (tensorflow/lite/tools/optimize/quantization_utils.cc, GetAsymmetricQuantizationParams): from the end of the range
 * that puts it more exactly. A tensor that was 0 throughout gets the range [0, 1].
 */
export function activationQuantization(range: Range, leastScale = 0): ByteType {
  const min = Math.min(range.min, 0);
  const max = range.max > 0 || min < 0 ? Math.max(range.max, 0) : 1;
  const dtype = min < 0 ? "i8" : "u8";
  const scale = singlePrecision(Math.max((max - min) / 255, leastScale, smallestScale));
  return { dtype, quantization: { scale, zeroPoint: dtype === "u8" ? 0 : nudgedZeroPoint(min, max, scale) } };
}

/** The type of an output by its calibrated range, with a scale of at least so much. */
export type TypeOfRange = (leastScale?: number) => ByteType;

/** The same in 16 bits: symmetric, as TensorFlow Lite's int16x8 has it. */
export function wideQuantization(range: Range, leastScale = 0): ByteType {
  const reach = Math.max(-range.min, range.max) || 1;
  const scale = singlePrecision(Math.max(reach / 32767, leastScale, smallestScale));
  return { dtype: "i16", quantization: { scale, zeroPoint: 0 } };
}

function nudgedZeroPoint(min: number, max: number, scale: number): number {
  const fromMin = -128 - min / scale;
  const fromMax = 127 - max / scale;
  const errorOfMin = 128 + Math.abs(min / scale);
  const errorOfMax = 127 + Math.abs(max / scale);
  const zeroPoint = Math.round(errorOfMin < errorOfMax ? fromMin : fromMax);
  return Math.min(Math.max(zeroPoint, -128), 127);
}

/** The single-precision number not below: rounding a scale down would push the end of its range off the bytes. */
function singlePrecision(scale: number): number {
  const rounded = Math.fround(scale);
  return rounded >= scale ? rounded : Math.fround(rounded * (1 + 2 ** -23));
}
