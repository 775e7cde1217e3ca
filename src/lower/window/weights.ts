/**
 * Weights in the order in which a sliding window reads them.
 *
 * One lane: bytes, (group of channels, step, channel, kx); a step is a plane (ky, ic). Two lanes: words of four bytes,
 * (pair of channels, step, kx); a step is a pair of planes, whose weights are the even bytes for the first channel of the pair and
 * the odd ones for the second.
 */
import type { Conv2d } from "../../graph/graph.ts";
import type { ConstantData } from "../../loop/program.ts";
import { constant } from "../constants.ts";
import { planesOf, type Patch } from "./patch.ts";

/** The weight of output channel `oc` for plane `plane` at column `kx`; 0 beyond the last of either. */
function weightOf({ weight }: Conv2d, oc: number, plane: number, kx: number): number {
  const [channels, kh, kw, ic] = weight.shape as readonly [number, number, number, number];
  if (oc >= channels || plane >= kh * ic) return 0;
  return weight.data[((oc * kh + Math.floor(plane / ic)) * kw + kx) * ic + (plane % ic)]!;
}

/** `outputs` channels a group; the last group may have fewer. */
export function byteWeights(node: Conv2d, outputs: number): ConstantData {
  const [channels, kh, kw, ic] = node.weight.shape as readonly [number, number, number, number];
  const bytes: number[] = [];
  for (let group = 0; group < channels; group += outputs) {
    for (let plane = 0; plane < kh * ic; plane++) {
      for (let oc = group; oc < Math.min(channels, group + outputs); oc++) {
        for (let kx = 0; kx < kw; kx++) bytes.push(weightOf(node, oc, plane, kx));
      }
    }
  }
  return constant(node.name, "window", Int8Array.from(bytes));
}

/**
 * `sums`: the halves of a word are weight of the first channel + 256 × weight of the second, so that a dot product with
 * them is one sum plus 256 times the other. Otherwise each weight is in its own byte.
 */
export function wordWeights(node: Conv2d, patch: Patch, sums: boolean): ConstantData {
  const [channels, , kw] = node.weight.shape as readonly [number, number, number];
  const words: number[] = [];
  for (let oc = 0; oc < channels; oc += 2) {
    for (let step = 0; step < patch.steps; step++) {
      const planes = planesOf(patch, step);
      for (let kx = 0; kx < kw; kx++) {
        const half = (lane: number): number => {
          const [first, second] = [0, 1].map((o) => weightOf(node, oc + o, planes[lane]!, kx));
          return (sums ? first! + 256 * second! : (first! & 255) | (second! << 8)) & 0xffff;
        };
        words.push(half(0) | (half(1) << 16));
      }
    }
  }
  return constant(node.name, "window", Int32Array.from(words));
}

/**
 * Whether both sums of a pair of channels can be told apart from one sum plus 256 times the other: the second must
 * keep within 24 bits, whatever the input bytes in [low, high], and its weights within 127 with a borrow from the first.
 */
export function sumsFit(node: Conv2d, low: number, high: number): boolean {
  const [channels] = node.weight.shape as readonly [number];
  const taps = node.weight.data.length / channels;
  return Array.from({ length: channels }, (_, oc) =>
    Array.from(node.weight.data.subarray(oc * taps, (oc + 1) * taps)),
  ).every((own) => {
    const most = own.reduce((sum, w) => sum + Math.max(w * low, w * high), 0);
    const least = own.reduce((sum, w) => sum + Math.min(w * low, w * high), 0);
    return most < 2 ** 23 && least >= -(2 ** 23) && own.every((w) => w > -128);
  });
}
