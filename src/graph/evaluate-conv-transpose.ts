import type { Activation } from "./activation.ts";
import { byteLimits, rescale } from "./quantized.ts";
import type { ConvTranspose2d, Tensor } from "./graph.ts";
import { transposedTaps } from "./transposed-taps.ts";

/**
 * Meaning of transposed convolution, gathered: for every result the products of the taps that reach it.
 *
 * As in a convolution: acc starts at the bias and takes taps in the order ky, kx, ic; float rounds every product and
 * every sum; int8 sums w × (x − zeroPoint) in i32 and requantises per output channel.
 */
export function evaluateConvTranspose2d(
  node: ConvTranspose2d,
  x: Activation,
  input: Tensor,
  output: Tensor,
  y: Activation,
): void {
  const { h, w, c } = input.shape;
  const finish = finisher(node, output);
  const add = adder(output.dtype === "f32", input.quantization?.zeroPoint ?? 0);
  const weight = node.weight.data;
  const [kh, kw] = node.window.kernel;
  const groupIn = c / node.groups;
  const groupOut = output.shape.c / node.groups;
  const columns = Array.from({ length: output.shape.w }, (_, ox) => transposedTaps(node, 1, ox, w));
  let at = 0;
  for (let oy = 0; oy < output.shape.h; oy++) {
    const rows = transposedTaps(node, 0, oy, h);
    for (const column of columns) {
      for (let oc = 0; oc < output.shape.c; oc++) {
        const first = Math.floor(oc / groupOut) * groupIn;
        let acc = node.bias.data[oc]!;
        for (const { tap: ky, place: iy } of rows) {
          for (const { tap: kx, place: ix } of column) {
            const xAt = (iy * w + ix) * c + first;
            const wAt = ((oc * kh + ky) * kw + kx) * groupIn;
            for (let ic = 0; ic < groupIn; ic++) acc = add(acc, x[xAt + ic]!, weight[wAt + ic]!);
          }
        }
        y[at++] = finish(acc, oc);
      }
    }
  }
}

function adder(isFloat: boolean, zeroPoint: number): (acc: number, x: number, weight: number) => number {
  if (isFloat) return (acc, x, weight) => Math.fround(acc + Math.fround(x * weight));
  return (acc, x, weight) => (acc + weight * (x - zeroPoint)) | 0;
}

function finisher(node: ConvTranspose2d, output: Tensor): (acc: number, oc: number) => number {
  if (output.dtype === "f32") {
    const { min, max } = node.clamp ?? { min: -Infinity, max: Infinity };
    return (acc) => Math.min(Math.max(acc, min), max);
  }
  const { min, max } = node.clamp ?? byteLimits(output.dtype);
  const zeroPoint = output.quantization!.zeroPoint;
  return (acc, oc) => {
    const q = zeroPoint + rescale(acc, node.requantize!, oc);
    return Math.min(Math.max(q, min), max);
  };
}
