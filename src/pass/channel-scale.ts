/** Weights of one output channel as integers: symmetric, one scale a channel. */
import { savedByPacking } from "../graph/count.ts";
import type { Conv2d, ConvTranspose2d, Linear } from "../graph/graph.ts";
import { roundHalfAway } from "../graph/quantized.ts";

/** Bits a weight is stored in. */
export type WeightBits = 8 | 4 | 1;

/** The same for all layers, or by layer; of those not named 8. */
export type LayerBits = WeightBits | ReadonlyMap<string, WeightBits>;

/** Bits of a layer's weights: as wanted, but 8 where fewer would not make them smaller, or no kernel takes them apart. */
export function bitsFor(node: Conv2d | ConvTranspose2d | Linear, wanted: LayerBits): WeightBits {
  const bits = typeof wanted === "number" ? wanted : (wanted.get(node.name) ?? 8);
  if (node.kind === "convTranspose2d" || bits === 8) return 8;
  return savedByPacking(node.weight.shape, bits) > 0 ? bits : 8;
}

/** The greatest magnitude of an integer weight; −128 and −8 are left out, so that negating is always possible. */
export const weightLimit = (bits: WeightBits): number => (bits === 1 ? 1 : 2 ** (bits - 1) - 1);

/** Parts of the largest weight that are tried as the end of a range of few integers. */
const shares = Array.from({ length: 26 }, (_, i) => 1 - i / 50);

/**
 * A weight's step: 8 bits hold the largest weight; of 4, the end of the range is drawn in as far as clipping and
 * rounding together cost least, by squared error. Of 1 the mean magnitude costs least (Rastegari et al. 2016, XNOR-Net).
 */
export function channelScale(real: Float32Array, bits: WeightBits): number {
  if (bits === 1) return real.reduce((sum, w) => sum + Math.abs(w), 0) / real.length;
  const largest = real.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const whole = largest / weightLimit(bits);
  if (bits === 8 || largest === 0) return whole;
  const errors = shares.map((share) => squaredError(real, whole * share, bits));
  return whole * shares[errors.indexOf(Math.min(...errors))]!;
}

/** A weight in steps of its channel's scale. */
export function quantizedWeight(w: number, scale: number, bits: WeightBits): number {
  if (bits === 1) return w < 0 ? -1 : 1;
  const limit = weightLimit(bits);
  return Math.min(Math.max(roundHalfAway(w / scale), -limit), limit);
}

function squaredError(real: Float32Array, scale: number, bits: WeightBits): number {
  return real.reduce((sum, w) => sum + (quantizedWeight(w, scale, bits) * scale - w) ** 2, 0);
}
