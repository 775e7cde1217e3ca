/**
 * Dense weights of 4 bits, taken apart in registers. A group is four inputs.
 *
 * Two lanes: one word a pair of channels, the eight nibbles of the two words that `wordWeights` makes of bytes: those of the first in
 * the low halves of the bytes, of the second in the high ones. A mask leaves bytes of 16 times the weight, so that sums are 16 times
 * what they should be, and are shifted back. One lane: 16 bits a channel, four nibbles.
 */
import type { Conv2d, Linear, Tensor } from "../../graph/graph.ts";
import { byteLimits } from "../../graph/quantized.ts";
import { and, mulWrapping, shr } from "../../loop/build.ts";
import type { Expr } from "../../loop/ir.ts";
import { constant } from "../constants.ts";
import type { Dense } from "./dense.ts";
import { places, type Weights } from "./weights.ts";

const highNibbles = 0xf0f0f0f0 | 0;

/** Weights of input `i` of a run, 0 beyond the last, of channel `oc`. */
function weightsOf({ node, runs, length, channels }: Dense): (oc: number, run: number, i: number) => number {
  return (oc, run, i) =>
    oc < channels && i < length ? node.weight.data[(oc * runs + run) * length + i]! : 0;
}

/** Words of two channels and four inputs. */
export function nibbleWords(dense: Dense, pack: number): Weights {
  const { node, runs, length, channels } = dense;
  const weight = weightsOf(dense);
  const groups = Math.ceil(length / 4);
  const walk = places({ units: Math.ceil(channels / 2), pack, runs, groups });
  const words = walk.map(({ unit, run, group }) => {
    let word = 0;
    for (let i = 0; i < 4; i++) {
      for (const channel of [0, 1]) {
        const shift = 8 * (channel + 2 * (i >> 1)) + 4 * (i % 2);
        word |= (weight(2 * unit + channel, run, 4 * group + i) & 15) << shift;
      }
    }
    return word;
  });
  return {
    data: constant(node.name, "nibbles", Int32Array.from(words)),
    ...{ pack, perGroup: 1, parts: 2, groups, runs, combined: false, unpack: halfOfNibbles, bitsAbove: 4 },
  };
}

/** 16 times the weights of inputs 0 and 2 (part 0) or 1 and 3, of both channels, as bytes. */
const halfOfNibbles = (word: Expr, part: number): Expr =>
  and(part === 0 ? mulWrapping(word, 16) : word, highNibbles);

/** Four inputs of a channel. */
export function nibbleQuads(dense: Dense, pack: number): Weights {
  const { node, runs, length, channels } = dense;
  const weight = weightsOf(dense);
  const groups = Math.ceil(length / 4);
  const quads = places({ units: channels, pack, runs, groups }).map(({ unit, run, group }) =>
    [0, 1, 2, 3].reduce((all, i) => all | ((weight(unit, run, 4 * group + i) & 15) << (4 * i)), 0),
  );
  return {
    data: constant(node.name, "nibbles", Int16Array.from(quads)),
    ...{ pack, perGroup: 1, parts: 4, groups, runs, combined: false, unpack: nibbleOf, bitsAbove: 0 },
  };
}

/** Input number `part`'s weight. */
const nibbleOf = (quad: Expr, part: number): Expr =>
  part === 3 ? shr(quad, 12) : shr(mulWrapping(quad, 2 ** (28 - 4 * part)), 28);

/** Whether sums 16 times as large still fit 32 bits, whatever the input. */
export function sixteenfoldFits({ weight, bias }: Conv2d | Linear, { dtype, quantization }: Tensor): boolean {
  if (dtype === "f32") return false;
  const { min, max } = byteLimits(dtype);
  const [low, high] = [min - quantization!.zeroPoint, max - quantization!.zeroPoint];
  const size = weight.data.length / bias.data.length;
  return Array.from(bias.data, (start, oc) => {
    const own = Array.from(weight.data.subarray(oc * size, (oc + 1) * size));
    const most = own.reduce((sum, w) => sum + Math.max(w * low, w * high), start);
    const least = own.reduce((sum, w) => sum + Math.min(w * low, w * high), start);
    return most < 2 ** 27 && least >= -(2 ** 27);
  }).every((fits) => fits);
}
