/** Weights laid out for vectors: each row of taps of a window as a whole number of vectors. */
import type { ConstantData } from "../loop/program.ts";
import { constant } from "./constants.ts";
import type { ConvNest } from "./conv2d.ts";

export interface PackedTaps {
  readonly lanes: number;
  /** Taps of one row of a window, and vectors that hold them. */
  readonly taps: number;
  readonly vectors: number;
  /** (OC, KH, vectors × lanes) */
  readonly weight: ConstantData;
}

/**
 * The last vector of a row starts `lanes` taps before the row's end and so overlaps the one before; taps both hold have
 * weight 0 in the last. Undefined where rows of taps are not contiguous, fit vectors anyway, or are shorter than one.
 */
export function packTaps(nest: ConvNest, lanes: number): PackedTaps | undefined {
  const { node, columns, rows, groups, channels, outputChannels } = nest;
  const taps = columns.kernel * channels;
  if (groups > 1 || columns.dilation > 1 || taps < lanes || taps % lanes === 0) return undefined;
  const vectors = Math.ceil(taps / lanes);
  const packed = new Int16Array(outputChannels * rows.kernel * vectors * lanes);
  for (let r = 0; r < outputChannels * rows.kernel; r++) {
    for (let tap = 0; tap < taps; tap++) {
      const isLast = tap >= (vectors - 1) * lanes;
      const slot = isLast ? vectors * lanes - taps + tap : tap;
      packed[r * vectors * lanes + slot] = node.weight.data[r * taps + tap]!;
    }
  }
  return { lanes, taps, vectors, weight: constant(node.name, "packed", packed) };
}
