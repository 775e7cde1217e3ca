import type { AvgPool2d, Shape, Window } from "./graph.ts";

/**
 * Where a window lies along one axis: tap k reads place `start + k × dilation`, and the taps [from, to) are the ones
 * inside the image. All readers clip their loops by these numbers instead of padding the image.
 */
export interface Taps {
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/** The taps of the window at `position` along an axis (0: rows, 1: columns) of `size` places. */
export function taps(window: Window, axis: 0 | 1, position: number, size: number): Taps {
  const before = axis === 0 ? window.padding.top : window.padding.left;
  const dilation = window.dilation[axis];
  const start = position * window.stride[axis] - before;
  const from = start < 0 ? Math.ceil(-start / dilation) : 0;
  const to = Math.min(window.kernel[axis], Math.floor((size - 1 - start) / dilation) + 1);
  return {
    start,
    from: Math.min(from, window.kernel[axis]),
    to: Math.max(to, Math.min(from, window.kernel[axis])),
  };
}

/** The taps of every position along an axis. */
export function allTaps(window: Window, axis: 0 | 1, positions: number, size: number): readonly Taps[] {
  return Array.from({ length: positions }, (_, position) => taps(window, axis, position, size));
}

/**
 * What an average pool divides the sum of the window at (oy, ox) by: the taps inside the image, or with
 * `countIncludePad` those inside the image and its padding, or the `divisor` it has.
 *
 * PyTorch (aten/src/ATen/native/cpu/AvgPoolKernel.cpp) clips the window to the image and its symmetric padding, so
 * that a window which ceil_mode lets hang over the end counts fewer: here that overhang is the padding at the bottom
 * or right beyond the padding at the top or left.
 */
export function poolDivisor(node: AvgPool2d, input: Shape, oy: number, ox: number): number {
  if (node.divisor !== undefined) return node.divisor;
  const rows = along(node, 0, oy, input.h);
  const columns = along(node, 1, ox, input.w);
  return rows * columns;
}

function along(node: AvgPool2d, axis: 0 | 1, position: number, size: number): number {
  const { window } = node;
  const { start, from, to } = taps(window, axis, position, size);
  if (!node.countIncludePad) return to - from;
  const { top, bottom, left, right } = window.padding;
  const padding = axis === 0 ? Math.min(top, bottom) : Math.min(left, right);
  return Math.min(start + window.kernel[axis], size + padding) - start;
}
