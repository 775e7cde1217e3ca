/**
 * Expanding a patch: each pixel under a block of columns is read once for all output channels, and padding is filled in
 * with the zero point.
 */
import {
  add,
  and,
  c,
  clamp,
  declare,
  evens,
  forLoop,
  less,
  load,
  max,
  min,
  mul,
  odds,
  pack2,
  row,
  select,
  shr,
  store,
  sub,
  v,
  widen,
  wordOf,
} from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import { turns } from "../axis.ts";
import { rowStart, type RowRing } from "../ring.ts";
import type { Block, Geometry } from "./geometry.ts";
import { lifted, type Patch } from "./patch.ts";

export interface Expansion {
  readonly geometry: Geometry;
  readonly patch: Patch;
  readonly input: RowRing;
  readonly block: Block;
  /** The block's first pixel. */
  readonly px: Expr;
  /** Keeps the names of several expansions in one kernel apart. */
  readonly tag: string;
}

/** Statements that fill the patch under the block at `px` of output row `row`. */
export function expandPatch(expansion: Expansion): readonly Stmt[] {
  const { geometry, patch, block, px, tag } = expansion;
  const { columns, pool, patchRows } = geometry;
  const x = `x${tag}`;
  return [
    declare(x, sub(mul(px, pool.columns.stride * columns.stride), columns.before)),
    declare(`from${tag}`, max(0, sub(0, v(x)))),
    declare(`beyond${tag}`, min(block.width, sub(columns.size, v(x)))),
    ...turns(`r${tag}`, patchRows, (r) => [
      ...sourceRow(expansion, "y", r),
      ...padding(expansion, r),
      ...planes(expansion, r),
      ...(patch.stride > 1 ? lastPlane(expansion, r) : []),
    ]),
  ];
}

/** Row `r` of the patch in the input: `isY…` whether it is there at all, `y…` its first element. */
function sourceRow({ geometry, input, tag }: Expansion, name: string, r: Expr): readonly Stmt[] {
  const { rows } = geometry;
  const y = add(sub(mul(row, geometry.pool.rows.stride * rows.stride), rows.before), r);
  const isInside = mul(less(-1, y), less(y, rows.size));
  return [
    declare(`is_${name}${tag}`, isInside),
    declare(`${name}${tag}`, rowStart(input, clamp(y, 0, rows.size - 1))),
  ];
}

const elementAt = ({ patch, block }: Expansion, r: Expr, plane: Expr, column: Expr): Expr =>
  add(mul(add(mul(r, patch.planesPerRow), plane), block.width), column);

/** All of a row where any of it is padding. */
function padding(expansion: Expansion, r: Expr): readonly Stmt[] {
  const { patch, block, input, tag } = expansion;
  const zero = input.tensor.quantization!.zeroPoint;
  const columns = sub(v(`beyond${tag}`), v(`from${tag}`));
  const isWhole = mul(v(`is_y${tag}`), less(block.width - 1, columns));
  const z = `z${tag}`;
  return [
    forLoop(z, mul(sub(1, isWhole), patch.planesPerRow * block.width), [
      store(
        patch.buffer,
        elementAt(expansion, r, c(0), v(z)),
        patch.lanes === 1 ? c(zero + lifted(patch, input.tensor)) : wordOf(pack2(zero, zero)),
      ),
    ]),
  ];
}

/** The planes that are made of one row of the input alone. */
function planes(expansion: Expansion, r: Expr): readonly Stmt[] {
  const { patch, geometry, tag } = expansion;
  const { c: channels } = geometry.input;
  const [perTurn, made] = patch.apart ? [4, 2] : patch.lanes === 2 && patch.stride === 1 ? [2, 1] : [1, 1];
  const count = Math.floor((patch.stride > 1 ? channels - 1 : channels) / perTurn);
  if (count === 0) return [];
  const column = `j${tag}`;
  return [
    forLoop(column, mul(sub(v(`beyond${tag}`), v(`from${tag}`)), v(`is_y${tag}`)), [
      declare(`at${tag}`, pixelOf(expansion, "y", v(column))),
      ...turns(`q${tag}`, count, (q) =>
        split(expansion, add(v(`at${tag}`), mul(q, perTurn)), (index, value) =>
          store(
            patch.buffer,
            elementAt(expansion, r, add(mul(q, made), index), add(v(`from${tag}`), v(column))),
            value,
          ),
        ),
      ),
    ]),
  ];
}

/** The elements made of the channels from `at` on: one, or two of four channels. */
function split(
  { patch, input, tag }: Expansion,
  at: Expr,
  put: (index: number, value: Expr) => Stmt,
): readonly Stmt[] {
  const { buffer } = input;
  if (patch.lanes === 1) return [put(0, add(load(buffer, at), lifted(patch, input.tensor)))];
  if (!patch.apart) return [put(0, wordOf(pack2(load(buffer, at), load(buffer, add(at, 1)))))];
  const word = v(`four${tag}`);
  const [even, odd] =
    buffer.type === "u8"
      ? [and(word, 0xff00ff), and(shr(word, 8), 0xff00ff)]
      : [wordOf(evens(word)), wordOf(odds(word))];
  return [declare(`four${tag}`, widen(buffer, at, 4)), put(0, even), put(1, odd)];
}

/** Index of the first channel of the pixel at column `from + j` of a row found by `sourceRow`. */
const pixelOf = ({ geometry, tag }: Expansion, name: string, j: Expr): Expr =>
  add(v(`${name}${tag}`), mul(add(v(`x${tag}`), v(`from${tag}`), j), geometry.input.c));

/**
 * Words of a row's last channel and the next row's first; behind the last row of the patch, where the next is of no
 * account, its weight is 0. Where either is padding, each value is chosen.
 */
function lastPlane(expansion: Expansion, r: Expr): readonly Stmt[] {
  const { patch, input, geometry, tag } = expansion;
  const channels = geometry.input.c;
  const zero = input.tensor.quantization!.zeroPoint;
  const isInside = mul(v(`is_y${tag}`), v(`is_below${tag}`));
  const count = sub(v(`beyond${tag}`), v(`from${tag}`));
  const words = (column: string, turnsIt: Expr, value: (name: string, x: Expr) => Expr): Stmt => {
    const at = (name: string, channel: number): Expr =>
      value(name, load(input.buffer, add(pixelOf(expansion, name, v(column)), channel)));
    const index = elementAt(expansion, r, c(channels - 1), add(v(`from${tag}`), v(column)));
    const word = wordOf(pack2(at("y", channels - 1), at("below", 0)));
    return forLoop(column, mul(count, turnsIt), [store(patch.buffer, index, word)]);
  };
  return [
    ...sourceRow(expansion, "below", min(add(r, 1), geometry.patchRows - 1)),
    words(`inner${tag}`, isInside, (_, x) => x),
    words(`edge${tag}`, sub(1, isInside), (name, x) => select(v(`is_${name}${tag}`), x, zero)),
  ];
}
