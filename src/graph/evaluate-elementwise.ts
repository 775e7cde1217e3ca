import type { Activation } from "./activation.ts";
import type { Add, BatchNorm, ClampNode, Shape, Tensor } from "./graph.ts";
import { byteLimits, requantizeSum } from "./quantized.ts";

/** Meaning of the kinds that treat every element alone, and of flatten, which only moves them. */

/** Input and output have one quantisation, so an int8 clamp compares bytes. */
export function evaluateClamp({ clamp }: ClampNode, x: Activation, y: Activation): void {
  for (let i = 0; i < y.length; i++) y[i] = Math.min(Math.max(x[i]!, clamp.min), clamp.max);
}

export function evaluateAdd(
  node: Add,
  [a, b]: readonly [Activation, Activation],
  [left, right]: readonly [Tensor, Tensor],
  output: Tensor,
  y: Activation,
): void {
  if (output.dtype === "f32") {
    const { min, max } = node.clamp ?? { min: -Infinity, max: Infinity };
    for (let i = 0; i < y.length; i++) y[i] = Math.min(Math.max(Math.fround(a[i]! + b[i]!), min), max);
    return;
  }
  const { min, max } = node.clamp ?? byteLimits(output.dtype);
  const [zeroLeft, zeroRight, zeroOut] = [left, right, output].map(
    (t) => t.quantization!.zeroPoint,
  ) as number[];
  for (let i = 0; i < y.length; i++) {
    const q = zeroOut! + requantizeSum(a[i]! - zeroLeft!, b[i]! - zeroRight!, node.requantize!);
    y[i] = Math.min(Math.max(q, min), max);
  }
}

/** In double precision, rounded once: it is a reference for folding and never runs on a microcontroller. */
export function evaluateBatchNorm(node: BatchNorm, x: Activation, y: Activation): void {
  const { weight, bias, mean, variance, eps } = node;
  const channels = weight.length;
  for (let i = 0; i < y.length; i++) {
    const c = i % channels;
    y[i] = ((x[i]! - mean[c]!) / Math.sqrt(variance[c]! + eps)) * weight[c]! + bias[c]!;
  }
}

/** HWC to CHW. */
export function evaluateFlatten({ h, w, c }: Shape, x: Activation, y: Activation): void {
  for (let place = 0; place < h * w; place++) {
    for (let channel = 0; channel < c; channel++) y[channel * h * w + place] = x[place * c + channel]!;
  }
}
