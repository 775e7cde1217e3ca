/** Weights of one output channel as integers: symmetric, one scale a channel. */
import { savedByNibbles } from "../graph/count.ts";
import type { Conv2d, ConvTranspose2d, Linear } from "../graph/graph.ts";
import { roundHalfAway } from "../graph/quantized.ts";

/** Bits a weight is stored in. */
export type WeightBits = 8 | 4;

/** Bits of a layer's weights: as wanted, but 8 where 4 would not make them smaller, or no kernel takes them apart. */
export function bitsFor(node: Conv2d | ConvTranspose2d | Linear, wanted: WeightBits): WeightBits {
  return node.kind !== "convTranspose2d" && savedByNibbles(node.weight.shape) > 0 ? wanted : 8;
}

/** The greatest magnitude of an integer weight; −128 and −8 are left out, so that negating is always possible. */
export const weightLimit = (bits: WeightBits): number => 2 ** (bits - 1) - 1;

/** Parts of the largest weight that are tried as the end of a range of few integers. */
const shares = Array.from({ length: 26 }, (_, i) => 1 - i / 50);

/**
 * A weight's step: 8 bits hold the largest weight; of fewer, the end of the range is drawn in as far as clipping and
 * rounding together cost least, by squared error.
 */
export function channelScale(real: Float32Array, bits: WeightBits): number {
  const largest = real.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const whole = largest / weightLimit(bits);
  if (bits === 8 || largest === 0) return whole;
  const errors = shares.map((share) => squaredError(real, whole * share, bits));
  return whole * shares[errors.indexOf(Math.min(...errors))]!;
}

/** A weight in steps of its channel's scale. */
export function quantizedWeight(w: number, scale: number, bits: WeightBits): number {
  const limit = weightLimit(bits);
  return Math.min(Math.max(roundHalfAway(w / scale), -limit), limit);
}

function squaredError(real: Float32Array, scale: number, bits: WeightBits): number {
  return real.reduce((sum, w) => sum + (quantizedWeight(w, scale, bits) * scale - w) ** 2, 0);
}
