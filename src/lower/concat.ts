/**
 * Concatenation: one row of its output, copied together from a row of each input or of the one it comes from. What lies
 * in its place already stays there.
 */
import type { Concat } from "../graph/graph.ts";
import { forLoop, less, max, mul, row, sub } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import { copyColumns } from "./copy-columns.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import type { RowRing } from "./ring.ts";

export function lowerConcat(node: Concat, inputs: readonly RowRing[], output: RowRing): Lowered {
  const body: Stmt[] = [];
  const from = { h: 0, w: 0, c: 0 };
  for (const [i, input] of inputs.entries()) {
    const { shape } = input.tensor;
    // Where rows come before others, a row number below them is not theirs: it is kept from being divided.
    const y = node.axis === "h" && from.h > 0 ? max(sub(row, from.h), 0) : row;
    const to = { ring: output, row, w: from.w, c: from.c };
    const copies = copyColumns(to, { ring: input, row: y, w: 0, c: 0 }, shape, `px${i}`);
    const isOnly = node.axis !== "h" || inputs.length === 1;
    if (input.within !== output.tensor.name)
      body.push(...(isOnly ? copies : [forLoop(`part${i}`, isWithin(from.h, shape.h), copies)]));
    from[node.axis] += shape[node.axis];
  }
  return { kernel: { name: identifier(node.name), layer: node.name, body }, constants: [] };
}

/** 1 where `row` is one of `count` rows from `first` on, else 0: the turns of a loop that stands for an `if`. */
function isWithin(first: number, count: number): Expr {
  const isBefore = less(row, first + count);
  return first === 0 ? isBefore : mul(less(first - 1, row), isBefore);
}
