import type { Activation } from "./activation.ts";
import type { Softmax, Tensor } from "./graph.ts";
import { byteLimits } from "./quantized.ts";
import { logSoftmaxByte, softmaxByte } from "./quantized-softmax.ts";
import { exp, log } from "./transcendental.ts";

/** Meaning of softmax: the channels of each pixel, less their greatest, so that no power overflows. */
export function evaluateSoftmax(
  node: Softmax,
  x: Activation,
  input: Tensor,
  output: Tensor,
  y: Activation,
): void {
  const { c } = input.shape;
  for (let at = 0; at < y.length; at += c) {
    const pixel = Array.from(x.subarray(at, at + c));
    y.set(output.dtype === "f32" ? floatPixel(node, pixel) : bytePixel(node, pixel, output), at);
  }
}

/** Powers are summed in the order of the channels. */
function floatPixel({ log: isLog }: Softmax, pixel: readonly number[]): number[] {
  const best = Math.max(...pixel);
  const less = pixel.map((value) => Math.fround(value - best));
  const powers = less.map(exp);
  const sum = powers.reduce((total, power) => Math.fround(total + power), 0);
  const whole = isLog ? log(sum) : sum;
  return isLog
    ? less.map((value) => Math.fround(value - whole))
    : powers.map((power) => Math.fround(power / whole));
}

function bytePixel(
  { log: isLog, table }: Softmax,
  pixel: readonly number[],
  { dtype, quantization }: Tensor,
): number[] {
  const { min, max } = byteLimits(dtype as "i8" | "u8");
  const best = Math.max(...pixel);
  const sum = pixel.reduce((total, q) => total + table![best - q]!, 0);
  const byte = isLog ? logSoftmaxByte : softmaxByte;
  return pixel.map((q) => {
    const value = quantization!.zeroPoint + byte(table!, best - q, sum);
    return Math.min(Math.max(value, min), max);
  });
}
