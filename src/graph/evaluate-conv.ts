import type { Activation } from "./activation.ts";
import { windowOf } from "./build.ts";
import { byteLimits, rescale } from "./quantized.ts";
import type { Clamp, Conv2d, Linear, Requantize, Shape, Tensor, Window } from "./graph.ts";
import { allTaps } from "./taps.ts";

/** Meaning of convolution and linear, float and int8, without a fused pool. */

/** What is the same in all four cases; a linear is a convolution whose kernel is its input. */
interface Convolution {
  readonly window: Window;
  readonly groups: number;
  /** (OC, KH, KW, IC / groups) */
  readonly weight: Float32Array | Int8Array;
  readonly bias: Float32Array | Int32Array;
  readonly clamp: Clamp | undefined;
  readonly requantize: Requantize | undefined;
}

/** A node's results of shape `output.shape`; for a convolution with a pool, those before pooling. */
export function evaluateConvolution(
  node: Conv2d | Linear,
  x: Activation,
  input: Tensor,
  output: Tensor,
  y: Activation,
): void {
  const convolution: Convolution = {
    window: node.kind === "conv2d" ? node.window : windowOf([input.shape.h, input.shape.w]),
    groups: node.kind === "conv2d" ? node.groups : 1,
    weight: node.weight.data,
    bias: node.bias.data,
    clamp: node.clamp,
    requantize: node.requantize,
  };
  if (output.dtype === "f32") convolveFloat(convolution, x, input.shape, output.shape, y);
  else convolveBytes(convolution, x, input, output, y);
}

/** acc starts at the bias and takes taps in the order ky, kx, ic; every product and every sum is rounded to f32. */
function convolveFloat(node: Convolution, x: Activation, input: Shape, output: Shape, y: Activation): void {
  const { weight, bias, window, groups } = node;
  const [kh, kw] = window.kernel;
  const [dy, dx] = window.dilation;
  const groupIn = input.c / groups;
  const groupOut = output.c / groups;
  const min = node.clamp?.min ?? -Infinity;
  const max = node.clamp?.max ?? Infinity;
  const columns = allTaps(window, 1, output.w, input.w);
  let at = 0;
  for (const row of allTaps(window, 0, output.h, input.h)) {
    for (const column of columns) {
      for (let oc = 0; oc < output.c; oc++) {
        const first = Math.floor(oc / groupOut) * groupIn;
        let acc = bias[oc]!;
        for (let ky = row.from; ky < row.to; ky++) {
          for (let kx = column.from; kx < column.to; kx++) {
            const xAt = ((row.start + ky * dy) * input.w + column.start + kx * dx) * input.c + first;
            const wAt = ((oc * kh + ky) * kw + kx) * groupIn;
            for (let ic = 0; ic < groupIn; ic++) {
              acc = Math.fround(acc + Math.fround(x[xAt + ic]! * weight[wAt + ic]!));
            }
          }
        }
        y[at++] = Math.min(Math.max(acc, min), max);
      }
    }
  }
}

/** acc = bias + Σ w × (x − zeroPoint) in i32, then requantised; padding stands for 0 and so adds nothing. */
function convolveBytes(node: Convolution, x: Activation, input: Tensor, output: Tensor, y: Activation): void {
  const { weight, bias, window, groups } = node;
  const { h, w, c } = input.shape;
  const [kh, kw] = window.kernel;
  const [dy, dx] = window.dilation;
  const groupIn = c / groups;
  const groupOut = output.shape.c / groups;
  const { min, max } = node.clamp ?? byteLimits(output.dtype as "i8" | "u8");
  const zeroIn = input.quantization!.zeroPoint;
  const zeroOut = output.quantization!.zeroPoint;
  const columns = allTaps(window, 1, output.shape.w, w);
  let at = 0;
  for (const row of allTaps(window, 0, output.shape.h, h)) {
    for (const column of columns) {
      for (let oc = 0; oc < output.shape.c; oc++) {
        const first = Math.floor(oc / groupOut) * groupIn;
        let acc = bias[oc]!;
        for (let ky = row.from; ky < row.to; ky++) {
          for (let kx = column.from; kx < column.to; kx++) {
            const xAt = ((row.start + ky * dy) * w + column.start + kx * dx) * c + first;
            const wAt = ((oc * kh + ky) * kw + kx) * groupIn;
            for (let ic = 0; ic < groupIn; ic++)
              acc = (acc + weight[wAt + ic]! * (x[xAt + ic]! - zeroIn)) | 0;
          }
        }
        const q = zeroOut + rescale(acc, node.requantize!, oc);
        y[at++] = Math.min(Math.max(q, min), max);
      }
    }
  }
}
