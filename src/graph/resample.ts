import type { Padding, Pair, Pad, Upsample } from "./graph.ts";

/**
 * Which places of its input a resized or padded axis looks at. Evaluator, row steps and lowering share these tables,
 * so they cannot disagree.
 */

/** Per place of the output along one axis: value = x[first] × (1 − weight) + x[second] × weight, weight in [0, 1]. */
export interface Blend {
  readonly first: number;
  readonly second: number;
  /** Single precision; 0 where `first` is `second`. */
  readonly weight: number;
}

/** Bits of an int8 graph's bilinear weights along each axis. */
export const blendBits = 10;

/** A blend's second weight in units of 2^−blendBits, to the nearest, halves up. */
export function blendUnits({ weight }: Blend): number {
  return Math.floor(weight * 2 ** blendBits + 0.5);
}

/**
 * PyTorch's source places, in its single precision: aten/src/ATen/native/UpSample.h, nearest_idx and
 * compute_source_index_and_lambda. A factor given by the user wins over the ratio of the sizes.
 */
export function blends(node: Upsample, axis: 0 | 1, size: number): readonly Blend[] {
  const positions = node.size[axis];
  const ratio = ratioOf(node, axis, size);
  return Array.from({ length: positions }, (_, position) => {
    if (positions === size) return { first: position, second: position, weight: 0 };
    return node.mode === "nearest"
      ? nearest(position, positions, size, ratio)
      : bilinear(position, size, ratio, node.alignCorners);
  });
}

function ratioOf({ mode, alignCorners, size: to, scale }: Upsample, axis: 0 | 1, size: number): number {
  const positions = to[axis];
  if (mode === "bilinear" && alignCorners) {
    return positions > 1 ? Math.fround((size - 1) / (positions - 1)) : 0;
  }
  return Math.fround(scale ? 1 / scale[axis] : size / positions);
}

function nearest(position: number, positions: number, size: number, ratio: number): Blend {
  const place = positions === 2 * size ? position >> 1 : Math.floor(Math.fround(position * ratio));
  const first = Math.min(place, size - 1);
  return { first, second: first, weight: 0 };
}

function bilinear(position: number, size: number, ratio: number, alignCorners: boolean): Blend {
  const place = alignCorners
    ? Math.fround(position * ratio)
    : Math.max(Math.fround(Math.fround(Math.fround(position + 0.5) * ratio) - 0.5), 0);
  const first = Math.min(Math.floor(place), size - 1);
  const weight = first < size - 1 ? Math.min(Math.fround(place - first), 1) : 0;
  return { first, second: weight > 0 ? first + 1 : first, weight };
}

/** What a pad puts at each place along an axis: the place of its input, or undefined for the constant. */
export function padSources(node: Pad, axis: 0 | 1, size: number): readonly (number | undefined)[] {
  const [before, after] = paddingAlong(node.padding, axis);
  return Array.from({ length: before + size + after }, (_, at) => {
    const place = at - before;
    if (place >= 0 && place < size) return place;
    switch (node.mode) {
      case "constant":
        return undefined;
      case "replicate":
        return place < 0 ? 0 : size - 1;
      case "reflect":
        return place < 0 ? -place : 2 * (size - 1) - place;
    }
  });
}

/** Padding before and after along an axis. */
export function paddingAlong({ top, bottom, left, right }: Padding, axis: 0 | 1): Pair {
  return axis === 0 ? [top, bottom] : [left, right];
}

/** Places [from, to) of an axis. */
export interface Bin {
  readonly from: number;
  readonly to: number;
}

/** The bins of adaptive pooling; they overlap where sizes do not divide (PyTorch, AdaptivePooling.h). */
export function adaptiveBins(size: number, positions: number): readonly Bin[] {
  return Array.from({ length: positions }, (_, position) => ({
    from: Math.floor((position * size) / positions),
    to: Math.ceil(((position + 1) * size) / positions),
  }));
}
