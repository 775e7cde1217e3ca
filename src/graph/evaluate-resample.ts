import type { Activation } from "./activation.ts";
import type { AdaptivePool2d, Pad, PixelShuffle, Shape, Tensor, Upsample } from "./graph.ts";
import { roundHalfEven } from "./quantized.ts";
import { adaptiveBins, blendBits, blends, blendUnits, padSources, type Blend } from "./resample.ts";

/** Meaning of pad, upsample, pixel shuffle and adaptive pooling; input and output have one quantisation. */

/** In an int8 graph the constant is a byte. */
export function evaluatePad(node: Pad, x: Activation, input: Shape, y: Activation): void {
  const columns = padSources(node, 1, input.w);
  let at = 0;
  for (const iy of padSources(node, 0, input.h)) {
    for (const ix of columns) {
      const isInside = iy !== undefined && ix !== undefined;
      for (let c = 0; c < input.c; c++) {
        y[at++] = isInside ? x[(iy * input.w + ix) * input.c + c]! : node.value;
      }
    }
  }
}

/**
 * Bilinear: each of two rows blends two columns, then the rows are blended: first × (1 − weight) + second × weight.
 * Float: 1 − weight, every product and every sum are rounded to f32. int8: weights in units of 2^−10, sums exact, then
 * (sum + 2^19) >> 20; the four weights sum to 2^20, so zero points need no care and no result leaves the bytes.
 */
export function evaluateUpsample(
  node: Upsample,
  x: Activation,
  { shape, dtype }: Tensor,
  y: Activation,
): void {
  const { h, w, c } = shape;
  const columns = blends(node, 1, w);
  const blend = dtype === "f32" ? blendFloats : blendBytes;
  const finish = dtype === "f32" ? (sum: number) => sum : (sum: number) => (sum + 2 ** 19) >> 20;
  let at = 0;
  for (const row of blends(node, 0, h)) {
    for (const column of columns) {
      for (let oc = 0; oc < c; oc++) {
        const value = (iy: number, ix: number): number => x[(iy * w + ix) * c + oc]!;
        if (node.mode === "nearest") {
          y[at++] = value(row.first, column.first);
          continue;
        }
        const top = blend(column, value(row.first, column.first), value(row.first, column.second));
        const bottom = blend(column, value(row.second, column.first), value(row.second, column.second));
        y[at++] = finish(blend(row, top, bottom));
      }
    }
  }
}

function blendFloats({ weight }: Blend, first: number, second: number): number {
  return Math.fround(Math.fround(first * Math.fround(1 - weight)) + Math.fround(second * weight));
}

function blendBytes(blend: Blend, first: number, second: number): number {
  const units = blendUnits(blend);
  return first * (2 ** blendBits - units) + second * units;
}

/** y(row, column, oc) = x(row / f, column / f, (oc × f + row % f) × f + column % f): PyTorch's channel order. */
export function evaluatePixelShuffle(
  { factor }: PixelShuffle,
  x: Activation,
  input: Shape,
  output: Shape,
  y: Activation,
): void {
  let at = 0;
  for (let oy = 0; oy < output.h; oy++) {
    for (let ox = 0; ox < output.w; ox++) {
      const pixel = (Math.floor(oy / factor) * input.w + Math.floor(ox / factor)) * input.c;
      for (let oc = 0; oc < output.c; oc++) {
        y[at++] = x[pixel + (oc * factor + (oy % factor)) * factor + (ox % factor)]!;
      }
    }
  }
}

/** As the pools with windows: sums from 0 in the order ky, kx; int8 rounds halves to even. */
export function evaluateAdaptivePool(
  node: AdaptivePool2d,
  x: Activation,
  { shape, dtype, quantization }: Tensor,
  y: Activation,
): void {
  const { h, w, c } = shape;
  const columns = adaptiveBins(w, node.size[1]);
  const zeroPoint = quantization?.zeroPoint ?? 0;
  let at = 0;
  for (const row of adaptiveBins(h, node.size[0])) {
    for (const column of columns) {
      const n = (row.to - row.from) * (column.to - column.from);
      for (let oc = 0; oc < c; oc++) {
        let acc = 0;
        let best = -Infinity;
        for (let iy = row.from; iy < row.to; iy++) {
          for (let ix = column.from; ix < column.to; ix++) {
            const value = x[(iy * w + ix) * c + oc]!;
            best = Math.max(best, value);
            acc = Math.fround(acc + (value - zeroPoint));
          }
        }
        const mean = dtype === "f32" ? acc / n : zeroPoint + roundHalfEven(acc / n);
        y[at++] = node.fn === "max" ? best : mean;
      }
    }
  }
}
