import { CompileError } from "../error.ts";
import type { Shape } from "../graph/graph.ts";
import { elements } from "../graph/elements.ts";
import type { Port } from "../load/load-model.ts";
import type { NpyArray } from "../load/npy.ts";

/** From bytes to the real values a network was trained on: zero padding, then (x / 255 − mean) / std per channel. */
export interface Preprocessing {
  readonly pad: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** The same in words, for reports. */
  readonly words: string;
}

/** How a port of the network lies in our image: what a loader tells of it. */
export type Form = Pick<Port, "shape" | "axes">;

/** The form of images as PyTorch has them. */
export const imageForm = ({ h, w, c }: Shape): Form => ({ shape: [1, c, h, w], axes: [null, "c", "h", "w"] });

/** The image before it is padded. */
export function unpaddedShape({ h, w, c }: Shape, preprocessing: Preprocessing | undefined): Shape {
  const border = 2 * (preprocessing?.pad ?? 0);
  return { h: h - border, w: w - border, c };
}

/**
 * Inputs of an (N, …) array in PyTorch's order as HWC real values. Floats are taken as they are; bytes are
 * preprocessed in single precision, step by step, as PyTorch does it. Padding is of the bytes, before anything else.
 */
export function toRealImages(
  array: NpyArray,
  form: Form,
  image: Shape,
  preprocessing: Preprocessing | undefined,
  where: string,
): Float32Array[] {
  const isBytes = array.dtype === "u1";
  const pad = isBytes ? (preprocessing?.pad ?? 0) : 0;
  const inner = unpadded(withoutBatch(form), pad);
  expectSizes(array, inner.shape, where);
  const places = placesOf(inner, image, pad);
  const real = isBytes ? normaliser(preprocessing) : (value: number): number => value;
  return Array.from({ length: array.shape[0]! }, (_, n) => {
    const out = new Float32Array(elements(image));
    if (pad > 0) out.forEach((_, at) => (out[at] = real(0, at % image.c)));
    places.forEach((at, k) => (out[at] = real(Number(array.data[n * places.length + k]), at % image.c)));
    return out;
  });
}

/** For each value in PyTorch's order, where it is in the HWC image; `pad` rows and columns come before those meant. */
export function placesOf({ shape, axes }: Form, image: Shape, pad = 0): Int32Array {
  const stride = { h: image.w * image.c, w: image.c, c: 1 };
  const places = new Int32Array(shape.reduce((product, size) => product * size, 1));
  for (let k = 0; k < places.length; k++) {
    let rest = k;
    let at = pad * (stride.h + stride.w);
    for (let dim = shape.length - 1; dim >= 0; dim--) {
      const axis = axes[dim];
      if (axis) at += (rest % shape[dim]!) * stride[axis];
      rest = Math.floor(rest / shape[dim]!);
    }
    places[k] = at;
  }
  return places;
}

function withoutBatch({ shape, axes }: Form): Form {
  const isBatched = shape.length > 1 && shape[0] === 1 && axes[0] === null;
  return isBatched ? { shape: shape.slice(1), axes: axes.slice(1) } : { shape, axes };
}

function unpadded({ shape, axes }: Form, pad: number): Form {
  const isSide = axes.map((axis) => axis === "h" || axis === "w");
  return { shape: shape.map((size, dim) => (isSide[dim] ? size - 2 * pad : size)), axes };
}

/** Dimensions of 1 may be left out, or be added. */
function expectSizes(array: NpyArray, wanted: readonly number[], where: string): void {
  const long = (sizes: readonly number[]): string => sizes.filter((size) => size !== 1).join("x");
  if (array.shape.length > 0 && long(array.shape.slice(1)) === long(wanted)) return;
  throw new CompileError(`${where}: holds ${array.shape.join("x")}, expected N x ${wanted.join(" x ")}`);
}

function normaliser(preprocessing: Preprocessing | undefined): (value: number, channel: number) => number {
  const round = Math.fround;
  const { mean = [0], std = [1] } = preprocessing ?? {};
  return (value, channel) => {
    const unit = round(value / 255);
    return round(round(unit - round(mean[channel] ?? mean[0]!)) / round(std[channel] ?? std[0]!));
  };
}
