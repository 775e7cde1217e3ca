import type { ByteType } from "../graph/byte-type.ts";
import type { AvgPool2d, Pad } from "../graph/graph.ts";
import { byteLimits, quantizeValue } from "../graph/quantized.ts";

/** Integers of the kinds that move values or average them, which keep the zero point of their input. */

/** The border in bytes; what lies outside the input's range becomes the byte nearest to it. */
export function quantizePad(node: Pad, { dtype, quantization }: ByteType): Pad {
  if (node.mode !== "constant") return node;
  return { ...node, value: quantizeValue(node.value, quantization, byteLimits(dtype)) };
}

/**
 * A sum divided by something else than the number of taps: in bytes it is the mean over the whole kernel, n taps, and
 * the output's scale is n / divisor times the input's, so that no sum leaves the bytes.
 */
export function quantizeDivided(
  node: AvgPool2d,
  divisor: number,
  { dtype, quantization }: ByteType,
): { node: AvgPool2d; output: ByteType } {
  const taps = node.window.kernel[0] * node.window.kernel[1];
  const scale = Math.fround((quantization.scale * taps) / divisor);
  return { node: { ...node, divisor: taps }, output: { dtype, quantization: { ...quantization, scale } } };
}
