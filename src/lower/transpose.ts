/** A transpose: one row of its output, gathered from the places of its input that it names. */
import type { AxisName, Transpose } from "../graph/graph.ts";
import { add, copy, load, mul, row, store } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import { turns } from "./axis.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";

export function lowerTranspose(node: Transpose, input: RowRing, output: RowRing): Lowered {
  const { shape } = output.tensor;
  const channels = input.tensor.shape.c;
  const from = (px: Expr | number, oc: Expr | number): Expr => {
    const at = placeOf(node.order, [row, px, oc]);
    return add(rowStart(input, at.h), mul(at.w, channels), at.c);
  };
  const to = (px: Expr): Expr => add(rowStart(output, row), mul(px, shape.c));
  const column = (px: Expr): readonly Stmt[] =>
    node.order[2] === "c"
      ? [copy(output.buffer, to(px), input.buffer, from(px, 0), shape.c)]
      : turns("oc", shape.c, (oc) => [
          store(output.buffer, add(to(px), oc), load(input.buffer, from(px, oc))),
        ]);
  const body = turns("px", shape.w, column);
  return { kernel: { name: identifier(node.name), layer: node.name, body }, constants: [] };
}

/** Which place of the input is read where the output's place, in the order h, w, c, is `at`. */
function placeOf<Place>(order: readonly AxisName[], at: readonly Place[]): Readonly<Record<AxisName, Place>> {
  return { h: at[order.indexOf("h")]!, w: at[order.indexOf("w")]!, c: at[order.indexOf("c")]! };
}
