import type { Activation } from "./activation.ts";
import type { Concat, Shape, Slice, Transpose } from "./graph.ts";

/** Meaning of the kinds that only move values; bytes move as reals do. */

interface Part {
  readonly x: Activation;
  readonly shape: Shape;
}

/** Each input lands where those before it along the axis end. */
export function evaluateConcat(
  { axis }: Concat,
  inputs: readonly Part[],
  output: Shape,
  y: Activation,
): void {
  const from = { h: 0, w: 0, c: 0 };
  for (const { x, shape } of inputs) {
    for (let iy = 0, at = 0; iy < shape.h; iy++) {
      for (let ix = 0; ix < shape.w; ix++) {
        const place = ((from.h + iy) * output.w + from.w + ix) * output.c + from.c;
        for (let ic = 0; ic < shape.c; ic++) y[place + ic] = x[at++]!;
      }
    }
    from[axis] += shape[axis];
  }
}

export function evaluateSlice({ from, shape }: Slice, { x, shape: input }: Part, y: Activation): void {
  for (let oy = 0, at = 0; oy < shape.h; oy++) {
    for (let ox = 0; ox < shape.w; ox++) {
      const place = ((from.h + oy) * input.w + from.w + ox) * input.c + from.c;
      for (let oc = 0; oc < shape.c; oc++) y[at++] = x[place + oc]!;
    }
  }
}

export function evaluateTranspose(
  { order }: Transpose,
  { x, shape }: Part,
  output: Shape,
  y: Activation,
): void {
  const stride = { h: shape.w * shape.c, w: shape.c, c: 1 };
  const [high, wide, deep] = order.map((axis) => stride[axis]) as [number, number, number];
  for (let oy = 0, at = 0; oy < output.h; oy++) {
    for (let ox = 0; ox < output.w; ox++) {
      for (let oc = 0; oc < output.c; oc++) y[at++] = x[oy * high + ox * wide + oc * deep]!;
    }
  }
}

/** The n-th value in CHW order stays the n-th in CHW order. */
export function evaluateReshape({ x, shape }: Part, output: Shape, y: Activation): void {
  for (let n = 0; n < y.length; n++) y[placeOf(n, output)] = x[placeOf(n, shape)]!;
}

/** Where in HWC the n-th value in CHW order is. */
function placeOf(n: number, { h, w, c }: Shape): number {
  return (n % (h * w)) * c + Math.floor(n / (h * w));
}
