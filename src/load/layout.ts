/**
 * How PyTorch's dimensions lie in our images. A tensor of PyTorch has any number of dimensions; each of them longer
 * than 1 is the height, the width or the channels of an image stored HWC. Moving, adding and dropping dimensions of a
 * tensor only renames them; data moves where an operator needs them in other places.
 */
import { CompileError } from "../error.ts";
import type { AxisName, Shape } from "../graph/graph.ts";

/** Which axis of the image a dimension is; null for one of extent 1 that is none of them, such as the batch. */
export type Axis = AxisName | null;

/** PyTorch's sizes, and where each dimension is kept. An axis that is not named has extent 1. */
export interface Form {
  readonly shape: readonly number[];
  readonly axes: readonly Axis[];
}

/** PyTorch's own order, which `flatten` and `view` follow. */
export const canonicalOrder: readonly AxisName[] = ["c", "h", "w"];

const mostElements = 1 << 26;
const largestExtent = 1 << 16;

/** Axes of a network's input: (1,C,H,W), the signal (1,C,L), features (1,F); one dimension less without a batch. */
export function inputAxes(rank: number, isBatched: boolean): readonly Axis[] {
  return isBatched ? [null, ...canonicalOrder.slice(0, rank - 1)] : canonicalOrder.slice(0, rank);
}

/** Axes for a shape that was made by reading numbers anew: as of an input, with a batch where it starts with 1. */
export function freshAxes(shape: readonly number[]): readonly Axis[] | undefined {
  const isBatched = shape.length === 4 || (shape.length > 1 && shape[0] === 1);
  if (shape.length <= (isBatched ? 4 : 3) && (!isBatched || shape[0] === 1))
    return inputAxes(shape.length, isBatched);
  const long = shape.filter((extent) => extent !== 1).length;
  return long <= 3 ? spread(shape, canonicalOrder.slice(0, long)) : undefined;
}

/** Gives the dimensions longer than 1, in their order, these axes. */
export function spread(shape: readonly number[], axes: readonly Axis[]): readonly Axis[] {
  let next = 0;
  return shape.map((extent) => (extent === 1 ? null : (axes[next++] ?? null)));
}

/** The axes of the dimensions longer than 1, in their order. */
export function longAxes({ shape, axes }: Form): readonly Axis[] {
  return axes.filter((_, dim) => shape[dim] !== 1);
}

/** Whether dimensions longer than 1 come in this order, some left out. */
export function isInOrder(axes: readonly Axis[], order: readonly AxisName[]): boolean {
  const places = axes.map((axis) => (axis === null ? -1 : order.indexOf(axis)));
  return places.every((place, index) => place >= 0 && (index === 0 || place > places[index - 1]!));
}

/** The image a tensor is kept in. */
export function imageOf({ shape, axes }: Form): Shape {
  const image = { h: 1, w: 1, c: 1 };
  shape.forEach((extent, dim) => {
    const axis = axes[dim];
    if (axis) image[axis] = extent;
    else if (extent !== 1)
      throw new CompileError(
        `a tensor of ${shape.join("x")} has a batch of ${extent} or more than 3 dimensions; neither is supported`,
      );
  });
  const isLarge =
    image.h > largestExtent || image.w > largestExtent || image.h * image.w * image.c > mostElements;
  if (isLarge) throw new CompileError(`a tensor of ${shape.join("x")} is too large`);
  return image;
}

/** The same dimensions with the extents of another image. */
export function formOf(axes: readonly Axis[], image: Shape): Form {
  return { shape: axes.map((axis) => (axis ? image[axis] : 1)), axes };
}

/** The axis of a dimension; one of extent 1 may take any that is free, the usual one first. */
export function axisAt({ shape, axes }: Form, dim: number): AxisName | undefined {
  const own = axes[dim];
  if (own) return own;
  const usual = inputAxes(shape.length, shape.length === 4 || shape[0] === 1)[dim];
  const free = canonicalOrder.filter((axis) => !axes.includes(axis));
  return free.find((axis) => axis === usual) ?? free[0];
}

/** Numbers in PyTorch's order as the image they are kept in, HWC: an input's or output's values. */
export function toImage(values: ArrayLike<number>, { shape, axes }: Form): Float32Array {
  const image = new Float32Array(values.length);
  placesOf({ shape, axes }).forEach((place, index) => (image[place] = values[index]!));
  return image;
}

/** The other way round: an image's numbers in PyTorch's order. */
export function fromImage(image: ArrayLike<number>, { shape, axes }: Form): Float32Array {
  return Float32Array.from(placesOf({ shape, axes }), (place) => image[place]!);
}

/** Where in the image each number is, in PyTorch's order. */
function placesOf(form: Form): readonly number[] {
  const { w, c } = imageOf(form);
  const strides = form.axes.map((axis) => (axis ? { h: w * c, w: c, c: 1 }[axis] : 0));
  return form.shape.reduce<readonly number[]>(
    (places, extent, dim) =>
      places.flatMap((place) => Array.from({ length: extent }, (_, index) => place + index * strides[dim]!)),
    [0],
  );
}
