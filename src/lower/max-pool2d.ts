/** Max-pooling as a layer of its own: one row of its output from a ring of rows of its input. */
import { byteLimits } from "../graph/quantized.ts";
import type { MaxPool2d } from "../graph/graph.ts";
import { add, assign, c, declare, f, load, max, mul, row, store, v } from "../loop/build.ts";
import { axisOf, place, span, turns } from "./axis.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";

/** Padding never wins: the maximum starts at the lowest value and taps outside the image are not visited. */
export function lowerMaxPool2d(node: MaxPool2d, input: RowRing, output: RowRing): Lowered {
  const { shape, dtype } = input.tensor;
  const rows = axisOf(node.window, 0, shape.h, output.tensor.shape.h);
  const columns = axisOf(node.window, 1, shape.w, output.tensor.shape.w);
  const type = dtype === "f32" ? "f32" : "i32";
  const body = turns("px", columns.positions, (px) => {
    const kys = span(rows, row, "ky");
    const kxs = span(columns, px, "kx");
    const reduce = (oc: ReturnType<typeof c>) =>
      turns("ky", kys.count, (ky) => [
        declare("base", rowStart(input, place(rows, row, add(kys.from, ky)))),
        ...turns("kx", kxs.count, (kx) => {
          const x = add(v("base"), mul(place(columns, px, add(kxs.from, kx)), shape.c), oc);
          return [assign("best", max(v("best", type), load(input.buffer, x)))];
        }),
      ]);
    return [
      ...kys.lets,
      ...kxs.lets,
      ...turns("oc", shape.c, (oc) => [
        declare("best", dtype === "f32" ? f(-Infinity) : c(byteLimits(dtype).min)),
        ...reduce(oc),
        store(output.buffer, add(rowStart(output, row), mul(px, output.pixelPitch), oc), v("best", type)),
      ]),
    ];
  });
  return { kernel: { name: identifier(node.name), layer: node.name, body }, constants: [] };
}
