/**
 * What becomes of one channel's sums: the rows of the convolution, their maximum under the pool, and the bytes.
 *
 * The sums give `divisor` × y modulo 2^32. Times the inverse of its odd part that is 2^shift × y, which the proof keeps in 32
 * bits, so the maximum may be taken before the shift.
 */
import {
  add,
  declare,
  forLoop,
  less,
  load,
  max,
  mul,
  mulWrapping,
  row,
  shr,
  store,
  v,
} from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import { turns } from "../axis.ts";
import { rowStart } from "../ring.ts";
import { combination, modular, pairs } from "./combination.ts";
import type { WinogradNest } from "./nest.ts";
import { exactDivision } from "./toom-cook.ts";

/** All of a group's pixels; `first` is the first of them in the row. */
export function storeResults(nest: WinogradNest, oc: Expr, first: Expr): readonly Stmt[] {
  const { group, pool, rowsPerStep, toomCook, finish, output } = nest;
  const { shift } = exactDivision(toomCook.divisor);
  return turns("px", group.pixels, (px) => [
    ...Array.from({ length: pool.columns.kernel }, (_, wx) =>
      rowsOf(nest, add(mul(px, pool.columns.stride), wx), wx),
    ).flat(),
    ...Array.from({ length: rowsPerStep }, (_, y) => {
      const sum = add(shr(bestOf(nest, y), shift), finish.bias(oc));
      const pixel = mul(add(first, px), output.pixelPitch);
      return whereThere(nest, y, (oy) =>
        store(output.buffer, add(rowStart(output, oy), pixel, oc), finish.byte(sum, oc)),
      );
    }),
  ]);
}

/** `result${wx}${y}`: 2^shift × row y of the step's convolution, in one column of the group. */
function rowsOf({ toomCook, products, group }: WinogradNest, column: Expr, wx: number): readonly Stmt[] {
  const { points, output, outputs, divisor } = toomCook;
  const { inverse } = exactDivision(divisor);
  const name = (what: string, k: number): string => `${what}${wx}${letter(k)}`;
  const product = (k: number): Expr => load(products, add(column, k * group.columns));
  const opposite = pairs(points);
  return [
    ...opposite.flatMap((k) => [
      declare(name("plus", k), product(k)),
      declare(name("minus", k), product(k + 1)),
      declare(name("even", k), modular.add(v(name("plus", k)), v(name("minus", k)))),
      declare(name("odd", k), modular.sub(v(name("plus", k)), v(name("minus", k)))),
    ]),
    ...Array.from({ length: outputs }, (_, y) => {
      const coefficients = output[y]!;
      const values = coefficients.map((_, k) =>
        opposite.includes(k) ? v(name(y % 2 === 0 ? "even" : "odd", k)) : product(k),
      );
      const own = coefficients.map((x, k) => (opposite.includes(k - 1) ? 0 : x));
      return declare(name("result", y), mulWrapping(combination(own, values, modular), inverse));
    }),
  ];
}

/** Names do not end in digits that could be read as a column and a row. */
const letter = (k: number): string => String.fromCharCode(97 + k);

/** The largest under the pool's window for row `y` of the step's output. */
function bestOf({ pool }: WinogradNest, y: number): Expr {
  const { kernel } = pool.columns;
  const covered = Array.from({ length: pool.rows.kernel * kernel }, (_, i) =>
    v(`result${i % kernel}${letter(y * pool.rows.stride + Math.floor(i / kernel))}`),
  );
  return covered.reduce((best, value) => max(best, value));
}

/** The last step may have fewer rows than the others. */
function whereThere({ rowsPerStep, output }: WinogradNest, y: number, write: (oy: Expr) => Stmt): Stmt {
  const { h } = output.tensor.shape;
  const oy = add(mul(row, rowsPerStep), y);
  const inLast = ((h - 1) % rowsPerStep) + 1;
  return y < inLast ? write(oy) : forLoop(`there${letter(y)}`, less(oy, h), [write(oy)]);
}
