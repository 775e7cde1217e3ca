/** Weights as vectors, in the order in which they are read. */
import type { Conv2d } from "../../graph/graph.ts";
import type { ConstantData } from "../../loop/program.ts";
import { constant } from "../constants.ts";

/** Channels whose sums are made at once: as many as a vector of sums has. */
export const together = 4;

/** (block of channels, KH, vectors of a row of taps, channel of the block, 16); the last block may have fewer channels. */
export interface Vectors {
  readonly data: ConstantData;
  readonly perRow: number;
}

export function packVectors({ name, weight }: Conv2d): Vectors {
  const [channels, kh, kw, ic] = weight.shape as readonly [number, number, number, number];
  const run = kw * ic;
  const perRow = Math.ceil(run / 16);
  const bytes: number[] = [];
  for (let first = 0; first < channels; first += together) {
    for (let at = 0; at < kh * perRow; at++) {
      const [ky, vector] = [Math.floor(at / perRow), at % perRow];
      for (let oc = first; oc < Math.min(first + together, channels); oc++) {
        for (let tap = 16 * vector; tap < 16 * vector + 16; tap++)
          bytes.push(tap < run ? weight.data[(oc * kh + ky) * run + tap]! : 0);
      }
    }
  }
  return { data: constant(name, "vectors", Int8Array.from(bytes)), perRow };
}
