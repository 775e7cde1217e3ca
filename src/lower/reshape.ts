/** A reshape: the n-th value in PyTorch's order, CHW, stays the n-th. One row of its output. */
import type { Reshape, Shape } from "../graph/graph.ts";
import { add, copy, div, load, mod, mul, row, store } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import { turns } from "./axis.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";

export function lowerReshape(node: Reshape, input: RowRing, output: RowRing): Lowered {
  const moves = !isFlat(input.tensor.shape) || !isFlat(output.tensor.shape);
  const body = (moves ? undefined : copied(input, output)) ?? gathered(input, output);
  return { kernel: { name: identifier(node.name), layer: node.name, body }, constants: [] };
}

/** Whether CHW and HWC order are one: a single channel, or a single place. */
function isFlat({ h, w, c }: Shape): boolean {
  return c === 1 || h * w === 1;
}

/** Bytes keep their order. Undefined where rows of a ring would have to be cut in the middle. */
function copied(input: RowRing, output: RowRing): readonly Stmt[] | undefined {
  const to = rowStart(output, row);
  const [from, length] = [input.rowLength, output.rowLength];
  if (input.isWhole) return [copy(output.buffer, to, input.buffer, mul(row, length), length)];
  if (from % length !== 0) return undefined;
  const a = from / length;
  const start = add(rowStart(input, div(row, a)), mul(mod(row, a), length));
  return [copy(output.buffer, to, input.buffer, start, length)];
}

/** Value (oc, row, px) of the output is the n-th in CHW order; of the input the n-th is at (ic, iy, ix). */
function gathered(input: RowRing, output: RowRing): readonly Stmt[] {
  const { h, w, c } = output.tensor.shape;
  const from = input.tensor.shape;
  const read = (n: Expr): Expr => {
    const line = div(n, from.w);
    const start = rowStart(input, mod(line, from.h));
    return load(input.buffer, add(start, mul(mod(n, from.w), from.c), div(n, from.h * from.w)));
  };
  return turns("px", w, (px) =>
    turns("oc", c, (oc) => {
      const n = add(mul(add(mul(oc, h), row), w), px);
      return [store(output.buffer, add(rowStart(output, row), mul(px, c), oc), read(n))];
    }),
  );
}
