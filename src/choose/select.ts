/** Of every layer one way, so that the cycles are fewest and the bytes fit: a knapsack with one pick a layer. */
import type { Priced } from "./price.ts";

/** The picks, in the order of the layers. */
export type Selection = readonly Priced[];

/** Bytes of flash that a way counts with: its constants, or these and its code. */
export type Weight = (way: Priced) => number;

export const constantsOf: Weight = ({ constantBytes }) => constantBytes;
export const flashOf: Weight = ({ constantBytes, codeBytes }) => constantBytes + codeBytes;

/** Buckets of flash the search tells apart; bytes are rounded up to them. */
const buckets = 8192;
const smallestBucket = 16;

/**
 * The fewest cycles with at most `flashBytes` in all; undefined where no picks are so small. Of equals the
 * one with the earlier candidates, so the answer is always the same.
 */
export function select(
  layers: readonly (readonly Priced[])[],
  flashBytes: number,
  bytesOf: Weight = constantsOf,
): Selection | undefined {
  const fastest = layers.map((options) => options.reduce((best, o) => (o.cycles < best.cycles ? o : best)));
  if (sum(fastest.map(bytesOf)) <= flashBytes) return fastest;
  const least = layers.map((options) => Math.min(...options.map(bytesOf)));
  const free = flashBytes - sum(least);
  if (free < 0) return undefined;
  const unit = Math.max(smallestBucket, Math.ceil(free / buckets));
  const size = Math.floor(free / unit);
  let best = new Float64Array(size + 1);
  const picks = layers.map((options, layer) => {
    const next = new Float64Array(size + 1).fill(Infinity);
    const pick = new Int16Array(size + 1).fill(-1);
    options.forEach((option, index) => {
      const weight = Math.ceil((bytesOf(option) - least[layer]!) / unit);
      for (let room = weight; room <= size; room++) {
        const cycles = best[room - weight]! + option.cycles;
        if (cycles < next[room]!) {
          next[room] = cycles;
          pick[room] = index;
        }
      }
    });
    best = next;
    return {
      pick,
      weight: (index: number) => Math.ceil((bytesOf(options[index]!) - least[layer]!) / unit),
    };
  });
  let room = size;
  const chosen: Priced[] = [];
  for (let layer = layers.length - 1; layer >= 0; layer--) {
    const { pick, weight } = picks[layer]!;
    const index = pick[room]!;
    chosen.unshift(layers[layer]![index]!);
    room -= weight(index);
  }
  return chosen;
}

export const cyclesOf = (selection: Selection): number => sum(selection.map(({ cycles }) => cycles));
export const constantBytesOf = (selection: Selection): number =>
  sum(selection.map(({ constantBytes }) => constantBytes));

const sum = (list: readonly number[]): number => list.reduce((total, x) => total + x, 0);
