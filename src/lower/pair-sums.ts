/**
 * Two sums in one: the halves of a weight word are the weight of one channel + 256 × that of another, so that a dot product
 * with the word is the first channel's sum plus 256 times the second's. A dot product with the word's even bytes is the
 * first alone, and the second follows: one extraction a word is saved. Modulo 2^32 all of it is exact.
 */
import { shr, subWrapping } from "../loop/build.ts";
import type { Expr } from "../loop/ir.ts";

/** The half word of two weights: their combination, or each in its own byte. */
export const halfOf = (first: number, second: number, combined: boolean): number =>
  (combined ? first + 256 * second : (first & 255) | (second << 8)) & 0xffff;

/** The second sum, of the combined one and the first. */
export const secondOf = (combined: Expr, first: Expr): Expr => shr(subWrapping(combined, first), 8);

/**
 * Whether the sums of all channels can be taken apart again: they keep within 24 bits whatever the inputs, whose distance from
 * the zero point is in [low, high], and a weight with its borrow keeps within a byte. `weights` are those of one channel.
 */
export function combines(
  channels: readonly { readonly weights: Int8Array; readonly bias: number }[],
  { low, high }: { readonly low: number; readonly high: number },
): boolean {
  return channels.every(({ weights, bias }) => {
    let most = bias;
    let least = bias;
    for (const w of weights) {
      most += Math.max(w * low, w * high);
      least += Math.min(w * low, w * high);
    }
    return most < 2 ** 23 && least >= -(2 ** 23) && weights.every((w) => w > -128);
  });
}
