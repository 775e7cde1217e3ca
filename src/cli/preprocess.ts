import { CompileError } from "../error.ts";
import type { Shape } from "../graph/graph.ts";
import type { NpyArray } from "../load/npy.ts";

/** From bytes to the real values a network was trained on: zero padding, then (x / 255 − mean) / std per channel. */
export interface Preprocessing {
  readonly pad: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** The same in words, for reports. */
  readonly words: string;
}

/**
 * Images of an (N, C, H, W) array as HWC real values. Floats are taken as they are; bytes are preprocessed in single
 * precision, step by step, as PyTorch does it. Padding is of the bytes, before anything else.
 */
export function toRealImages(
  array: NpyArray,
  shape: Shape,
  preprocessing: Preprocessing | undefined,
  where: string,
): Float32Array[] {
  const isBytes = array.dtype === "u1";
  const pad = isBytes ? (preprocessing?.pad ?? 0) : 0;
  const [n, c, h, w] = fourSizes(array.shape);
  if (c !== shape.c || h + 2 * pad !== shape.h || w + 2 * pad !== shape.w)
    throw new CompileError(
      `${where}: holds ${array.shape.join("x")}, expected N x ${shape.c} x ${shape.h - 2 * pad} x ${shape.w - 2 * pad}`,
    );
  const real = isBytes ? normaliser(preprocessing) : (value: number): number => value;
  const data = array.data;
  return Array.from({ length: n }, (_, image) => {
    const out = new Float32Array(shape.h * shape.w * shape.c);
    for (let y = 0; y < shape.h; y++)
      for (let x = 0; x < shape.w; x++)
        for (let channel = 0; channel < c; channel++) {
          const [sy, sx] = [y - pad, x - pad];
          const inside = sy >= 0 && sy < h && sx >= 0 && sx < w;
          const raw = inside ? Number(data[((image * c + channel) * h + sy) * w + sx]) : 0;
          out[(y * shape.w + x) * c + channel] = real(raw, channel);
        }
    return out;
  });
}

function normaliser(preprocessing: Preprocessing | undefined): (value: number, channel: number) => number {
  const round = Math.fround;
  const { mean = [0], std = [1] } = preprocessing ?? {};
  return (value, channel) => {
    const unit = round(value / 255);
    return round(round(unit - round(mean[channel] ?? mean[0]!)) / round(std[channel] ?? std[0]!));
  };
}

function fourSizes(shape: readonly number[]): readonly [number, number, number, number] {
  const padded =
    shape.length === 2 ? [shape[0]!, shape[1]!, 1, 1] : shape.length === 3 ? [...shape, 1] : shape;
  if (padded.length !== 4)
    throw new CompileError(`an array of shape ${shape.join("x")}: expected N x C x H x W`);
  return [padded[0]!, padded[1]!, padded[2]!, padded[3]!];
}
