import type { ConvTranspose2d } from "./graph.ts";

/** A tap of a transposed convolution and the place of its input that it multiplies. */
export interface TransposedTap {
  readonly tap: number;
  readonly place: number;
}

/**
 * The taps that reach a position of a transposed convolution's output along an axis, in order: input place i spreads
 * tap k to i × stride − padding + k × dilation.
 */
export function transposedTaps(
  { window }: ConvTranspose2d,
  axis: 0 | 1,
  position: number,
  size: number,
): readonly TransposedTap[] {
  const before = axis === 0 ? window.padding.top : window.padding.left;
  const found: TransposedTap[] = [];
  for (let tap = 0; tap < window.kernel[axis]; tap++) {
    const spread = position + before - tap * window.dilation[axis];
    const place = spread / window.stride[axis];
    if (Number.isInteger(place) && place >= 0 && place < size) found.push({ tap, place });
  }
  return found;
}
