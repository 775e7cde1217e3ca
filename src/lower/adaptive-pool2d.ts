/** Adaptive pooling where sizes do not divide: one row of its output from the rows of its bin. */
import { byteLimits } from "../graph/quantized.ts";
import type { AdaptivePool2d } from "../graph/graph.ts";
import { adaptiveBins, type Bin } from "../graph/resample.ts";
import { add, assign, c, declare, div, f, load, max, mul, row, store, sub, v } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import { divided, divisorTable, sum } from "./avg-pool2d.ts";
import { turns } from "./axis.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";

export function lowerAdaptivePool2d(node: AdaptivePool2d, input: RowRing, output: RowRing): Lowered {
  const { shape, dtype } = input.tensor;
  const [height, width] = node.size;
  const size = ({ from, to }: Bin): number => to - from;
  const columnSizes = adaptiveBins(shape.w, width).map(size);
  const divisors = divisorTable(
    node.name,
    dtype,
    adaptiveBins(shape.h, height).flatMap((bin) => columnSizes.map((columns) => size(bin) * columns)),
    width,
  );
  const rows = bin("ky", shape.h, height, row);
  const body = [
    ...rows.lets,
    ...turns("px", width, (px) => {
      const columns = bin("kx", shape.w, width, px);
      const loops = (oc: Expr, visit: (index: Expr) => readonly Stmt[]): readonly Stmt[] =>
        turns("ky", rows.count, (ky) => [
          declare("base", rowStart(input, add(rows.from, ky))),
          ...turns("kx", columns.count, (kx) =>
            visit(add(v("base"), mul(add(columns.from, kx), shape.c), oc)),
          ),
        ]);
      return [
        ...columns.lets,
        ...turns("oc", shape.c, (oc) => {
          const index = add(rowStart(output, row), mul(px, output.pixelPitch), oc);
          const result = (name: string): Stmt =>
            store(output.buffer, index, v(name, dtype === "f32" ? "f32" : "i32"));
          return node.fn === "max"
            ? [...greatest(input, (visit) => loops(oc, visit)), result("best")]
            : [
                ...sum(input, (visit) => loops(oc, visit)),
                ...divided(input, divisors.at(px)),
                result("mean"),
              ];
        }),
      ];
    }),
  ];
  const constants = node.fn === "max" ? [] : divisors.constants;
  return { kernel: { name: identifier(node.name), layer: node.name, body }, constants };
}

function greatest(
  { buffer, tensor }: RowRing,
  loops: (visit: (index: Expr) => readonly Stmt[]) => readonly Stmt[],
): readonly Stmt[] {
  const type = tensor.dtype === "f32" ? "f32" : "i32";
  const lowest = tensor.dtype === "f32" ? f(-Infinity) : c(byteLimits(tensor.dtype).min);
  return [
    declare("best", lowest),
    ...loops((index) => [assign("best", max(v("best", type), load(buffer, index)))]),
  ];
}

/** Places [from, from + count) of the bin at a position: `adaptiveBins` as arithmetic. */
function bin(name: string, size: number, positions: number, at: Expr) {
  const end = div(add(mul(at, size), size + positions - 1), positions);
  const lets = [declare(`${name}0`, div(mul(at, size), positions))];
  return { lets, from: v(`${name}0`), count: sub(end, v(`${name}0`)) };
}
