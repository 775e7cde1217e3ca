import type { Activation } from "./activation.ts";
import { applyActivation } from "./activation-function.ts";
import type { ActivationNode, BatchNorm, ClampNode, Shape, Tensor } from "./graph.ts";
import { byteLimits } from "./quantized.ts";

/** Meaning of the kinds that treat every element alone, and of flatten, which only moves them. */

/** Input and output have one quantisation, so an int8 clamp compares bytes. */
export function evaluateClamp({ clamp }: ClampNode, x: Activation, y: Activation): void {
  for (let i = 0; i < y.length; i++) y[i] = Math.min(Math.max(x[i]!, clamp.min), clamp.max);
}

/** One parameter, or one a channel; in int8 a look into the table of the channel. */
export function evaluateActivation(
  node: ActivationNode,
  x: Activation,
  { shape, dtype }: Tensor,
  y: Activation,
): void {
  const { fn, parameter, table } = node;
  const channelOf = (i: number): number => (parameter.length > 1 ? i % shape.c : 0);
  if (dtype === "f32") {
    for (let i = 0; i < y.length; i++) y[i] = applyActivation(fn, x[i]!, parameter[channelOf(i)] ?? 0);
    return;
  }
  const lowest = byteLimits(dtype).min;
  for (let i = 0; i < y.length; i++) y[i] = table![256 * channelOf(i) + x[i]! - lowest]!;
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
