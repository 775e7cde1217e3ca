/** Pixel shuffle: a row of its output takes every factor-th channel group of one row of its input. */
import type { PixelShuffle } from "../graph/graph.ts";
import { add, declare, div, load, mod, mul, row, store, v } from "../loop/build.ts";
import { turns } from "./axis.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";

export function lowerPixelShuffle({ name, factor }: PixelShuffle, input: RowRing, output: RowRing): Lowered {
  const { w, c: channels } = input.tensor.shape;
  const outputChannels = output.tensor.shape.c;
  const body = [
    declare("from", add(rowStart(input, div(row, factor)), mul(mod(row, factor), factor))),
    ...turns("px", w, (px) =>
      turns("wx", factor, (wx) =>
        turns("oc", outputChannels, (oc) => {
          const to = mul(add(mul(px, factor), wx), outputChannels);
          const x = load(input.buffer, add(v("from"), mul(px, channels), mul(oc, factor ** 2), wx));
          return [store(output.buffer, add(rowStart(output, row), to, oc), x)];
        }),
      ),
    ),
  ];
  return { kernel: { name: identifier(name), layer: name, body }, constants: [] };
}
