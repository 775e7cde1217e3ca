/**
 * The inputs under a block: laid out as words, zeros where they leave the image, then transformed along y in place.
 *
 * Two channels in one word are the integer high × 2^16 + low while they are transformed: what is linear applies to both at
 * once. At the end it becomes two halves. A channel without a partner is paired along x instead: word x holds the columns x
 * and x + 1, so that one product of two lanes serves two taps.
 */
import {
  add,
  declare,
  forLoop,
  halves,
  less,
  load,
  mul,
  pack2,
  row,
  store,
  sub,
  v,
  wordOf,
  xor,
} from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import { isClipped, place, span, turns } from "../axis.ts";
import { rowStart } from "../ring.ts";
import { combination, exact, pairs, parity } from "./combination.ts";
import { wordsOf, type WinogradNest } from "./nest.ts";

/** @param firstColumn Of the convolution, in the block. */
export function preparePatch(nest: WinogradNest, firstColumn: Expr): readonly Stmt[] {
  return [
    ...fill(nest, firstColumn),
    ...transform(nest),
    ...(nest.hasOdd && nest.lanes === 2 ? pairOdd(nest) : []),
  ];
}

function fill(nest: WinogradNest, firstColumn: Expr): readonly Stmt[] {
  const { rows, columns, patch, conv } = nest;
  const { input, channels } = conv;
  const kys = span(rows, row, "ky");
  const kxs = span(columns, firstColumn, "kx");
  const inside = less(mul(kys.count, kxs.count), rows.kernel * columns.kernel);
  const clear = forLoop("z", mul(inside, patch.length), [store(patch, v("z"), 0)]);
  return [
    ...kys.lets,
    ...kxs.lets,
    ...(isClipped(rows) || isClipped(columns) ? [clear] : []),
    ...turns("ky", kys.count, (turn) => {
      const ky = add(kys.from, turn);
      return [
        declare("base", rowStart(input, place(rows, row, ky))),
        ...turns("kx", kxs.count, (inner) => {
          const kx = add(kxs.from, inner);
          const x = add(v("base"), mul(place(columns, firstColumn, kx), channels));
          return layOut(nest, x, add(mul(ky, wordsOf(nest), columns.kernel), kx));
        }),
      ];
    }),
  ];
}

/** The channels of one pixel at `x`, to the words of a column from `to` on. */
function layOut(nest: WinogradNest, x: Expr, to: Expr): readonly Stmt[] {
  const { patch, columns, lanes, words, hasOdd, conv } = nest;
  const { buffer } = conv.input;
  const taken = (index: Expr): Expr => load(buffer, index);
  const odd = store(
    patch,
    add(to, words * columns.kernel),
    sub(taken(add(x, words * lanes)), conv.zeroPoint),
  );
  return [
    ...turns("word", words, (word) => {
      const first = add(x, mul(word, lanes));
      const value =
        lanes === 1
          ? sub(taken(first), conv.zeroPoint)
          : sub(add(mul(taken(add(first, 1)), 0x10000), taken(first)), conv.zeroPoint * 0x10001);
      return [store(patch, add(to, mul(word, columns.kernel)), value)];
    }),
    ...(hasOdd ? [odd] : []),
  ];
}

/** Every column of every word, along y. */
function transform(nest: WinogradNest): readonly Stmt[] {
  const { toomCook, columns, patch } = nest;
  const { points, input } = toomCook;
  const plane = wordsOf(nest) * columns.kernel;
  const at = (k: number): Expr => add(v("at"), k * plane);
  const values = input.map((_, k) => v(`d${k}`));
  const put = (k: number, value: Expr): Stmt => store(patch, at(k), asHalves(nest, value));
  return [
    forLoop("at", plane, [
      ...values.map((_, k) => declare(`d${k}`, load(patch, at(k)))),
      put(0, combination(input[0]!, values, exact)),
      ...pairs(points).flatMap((k) => [
        declare(`even${k}`, combination(parity(input[k]!, 0), values, exact)),
        declare(`odd${k}`, combination(parity(input[k]!, 1), values, exact)),
        put(k, add(v(`even${k}`), v(`odd${k}`))),
        put(k + 1, sub(v(`even${k}`), v(`odd${k}`))),
      ]),
      put(points - 1, combination(input[points - 1]!, values, exact)),
    ]),
  ];
}

/** high × 2^16 + low, low below 0 having borrowed from high, as two halves. */
function asHalves({ lanes }: WinogradNest, value: Expr): Expr {
  return lanes === 1 ? value : xor(add(value, 0x8000), 0x8000);
}

/** The words of the odd channel, whose low half is a column, as that column and the next. */
function pairOdd(nest: WinogradNest): readonly Stmt[] {
  const { toomCook, columns, patch, words } = nest;
  const width = columns.kernel;
  return turns("pk", toomCook.points, (k) =>
    turns("pw", width - 1, (x) => {
      const at = add(mul(k, wordsOf(nest) * width), words * width, x);
      return [store(patch, at, wordOf(pack2(load(patch, at), load(patch, add(at, 1)))))];
    }),
  );
}

/** A word of the patch, as what it is multiplied as. */
export function patchAt({ patch, lanes }: WinogradNest, index: Expr): Expr {
  return lanes === 1 ? load(patch, index) : halves(load(patch, index));
}
