/** Padding as a layer of its own: one row of its input with what stands left and right of it, or a row of border. */
import type { Pad } from "../graph/graph.ts";
import {
  add,
  c,
  clamp,
  copy,
  declare,
  f,
  forLoop,
  less,
  max,
  min,
  mul,
  row,
  store,
  sub,
  v,
} from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import { turns } from "./axis.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";

export function lowerPad(node: Pad, input: RowRing, output: RowRing): Lowered {
  const body =
    node.mode === "constant" ? constantBorder(node, input, output) : copiedBorder(node, input, output);
  return { kernel: { name: identifier(node.name), layer: node.name, body }, constants: [] };
}

/** A row of the image between two borders, or a row that is border alone: one of two loops has a turn. */
function constantBorder(node: Pad, input: RowRing, output: RowRing): readonly Stmt[] {
  const { h, c: channels } = input.tensor.shape;
  const { top, left, right } = node.padding;
  const value = output.tensor.dtype === "f32" ? f(node.value) : c(node.value);
  const start = rowStart(output, row);
  const fill = (index: string, from: number, count: number): readonly Stmt[] =>
    count === 0 ? [] : turns(index, count, (i) => [store(output.buffer, add(start, from, i), value)]);
  const isInside = mul(less(top - 1, row), less(row, top + h));
  const behind = left * channels + input.rowLength;
  return [
    declare("inside", isInside),
    forLoop("image", v("inside"), [
      ...fill("before", 0, left * channels),
      copy(
        output.buffer,
        add(start, left * channels),
        input.buffer,
        rowStart(input, sub(row, top)),
        input.rowLength,
      ),
      ...fill("after", behind, right * channels),
    ]),
    forLoop("border", sub(1, v("inside")), fill("px", 0, output.rowLength)),
  ];
}

function copiedBorder(node: Pad, input: RowRing, output: RowRing): readonly Stmt[] {
  const { h, w, c: channels } = input.tensor.shape;
  const { top, left, right } = node.padding;
  const start = rowStart(output, row);
  const place = node.mode === "reflect" ? mirrored : nearestPlace;
  const columns = (index: string, from: number, count: number): readonly Stmt[] =>
    count === 0
      ? []
      : turns(index, count, (i) => {
          const px = add(i, from);
          const x = mul(place(sub(px, left), w), channels);
          return [
            copy(output.buffer, add(start, mul(px, channels)), input.buffer, add(v("from"), x), channels),
          ];
        });
  return [
    declare("from", rowStart(input, place(sub(row, top), h))),
    ...columns("before", 0, left),
    copy(output.buffer, add(start, left * channels), input.buffer, v("from"), input.rowLength),
    ...columns("after", left + w, right),
  ];
}

/** Reflected at the first and the last place, which are not repeated. */
function mirrored(place: Expr, size: number): Expr {
  const positive = max(place, sub(0, place));
  return min(positive, sub(2 * (size - 1), positive));
}

const nearestPlace = (place: Expr, size: number): Expr => clamp(place, 0, size - 1);
