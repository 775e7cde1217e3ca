import type { Activation } from "./activation.ts";
import type { AvgPool2d, Shape, Tensor, Window } from "./graph.ts";
import { roundHalfEven } from "./quantized.ts";
import { allTaps, poolDivisor } from "./taps.ts";

/** Meaning of pooling, float and int8; input and output have one quantisation. */

/** Padding is not among the values compared. */
export function evaluateMaxPool(
  window: Window,
  x: Activation,
  input: Shape,
  output: Shape,
  y: Activation,
): void {
  forEachWindow(window, input, output, (_oy, _ox, c, places, at) => {
    let best = -Infinity;
    for (const place of places) best = Math.max(best, x[place + c]!);
    y[at] = best;
  });
}

/**
 * Float: the sum from 0 in the order ky, kx, each sum rounded to f32, then divided.
 * int8: zeroPoint + round(Σ (q − zeroPoint) / n), halves to even, as PyTorch does.
 */
export function evaluateAvgPool(
  node: AvgPool2d,
  x: Activation,
  input: Tensor,
  output: Tensor,
  y: Activation,
): void {
  const isFloat = output.dtype === "f32";
  const zeroPoint = input.quantization?.zeroPoint ?? 0;
  forEachWindow(node.window, input.shape, output.shape, (oy, ox, c, places, at) => {
    const n = poolDivisor(node, input.shape, oy, ox);
    let acc = 0;
    if (isFloat) {
      for (const place of places) acc = Math.fround(acc + x[place + c]!);
      y[at] = acc / n;
    } else {
      for (const place of places) acc += x[place + c]! - zeroPoint;
      y[at] = zeroPoint + roundHalfEven(acc / n);
    }
  });
}

/** Calls `visit` for every output element with the places (of channel 0) its window finds inside the image. */
function forEachWindow(
  window: Window,
  input: Shape,
  output: Shape,
  visit: (oy: number, ox: number, c: number, places: readonly number[], at: number) => void,
): void {
  const rows = allTaps(window, 0, output.h, input.h);
  const columns = allTaps(window, 1, output.w, input.w);
  rows.forEach((row, oy) => {
    columns.forEach((column, ox) => {
      const places: number[] = [];
      for (let ky = row.from; ky < row.to; ky++) {
        const y = row.start + ky * window.dilation[0];
        for (let kx = column.from; kx < column.to; kx++) {
          places.push((y * input.w + column.start + kx * window.dilation[1]) * input.c);
        }
      }
      const first = (oy * output.w + ox) * output.c;
      for (let c = 0; c < output.c; c++) visit(oy, ox, c, places, first + c);
    });
  });
}
