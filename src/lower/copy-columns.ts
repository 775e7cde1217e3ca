/** A run of columns, or some channels of each, from one row to another: what concat and slice are made of. */
import { add, copy, mul, type Operand } from "../loop/build.ts";
import type { Stmt } from "../loop/ir.ts";
import { turns } from "./axis.ts";
import { rowStart, type RowRing } from "./ring.ts";

/** Where in a row the columns begin, and which of their channels is the first. */
export interface Corner {
  readonly ring: RowRing;
  readonly row: Operand;
  readonly w: number;
  readonly c: number;
}

/** One copy where all channels of both rows are meant, else one a column; `index` names that loop. */
export function copyColumns(
  to: Corner,
  from: Corner,
  size: { readonly w: number; readonly c: number },
  index: string,
): readonly Stmt[] {
  const at = ({ ring, row, w, c }: Corner, px: Operand) => {
    const channels = ring.tensor.shape.c;
    return add(rowStart(ring, row), mul(px, channels), w * channels + c);
  };
  const run = (px: Operand, count: number): Stmt =>
    copy(to.ring.buffer, at(to, px), from.ring.buffer, at(from, px), count);
  const isWhole = [to, from].every(({ ring }) => ring.tensor.shape.c === size.c);
  if (isWhole) return [run(0, size.w * size.c)];
  return turns(index, size.w, (px) => [run(px, size.c)]);
}
