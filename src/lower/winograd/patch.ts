/**
 * The inputs under a block: laid out as words, zero points where they leave the image, then transformed along y in place.
 *
 * Two channels in one word are the integer high × 2^16 + low while they are transformed: what is linear applies to both at
 * once. At the end it becomes two halves. A channel without a partner is paired along x instead: word x holds the columns x
 * and x + 1, so that one product of two lanes serves two taps.
 */
import {
  add,
  declare,
  forLoop,
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
  const inPairs = nest.hasOdd && nest.lanes === 2;
  return [...fill(nest, firstColumn), ...transform(nest), ...(inPairs ? pairOdd(nest) : [])];
}

function fill(nest: WinogradNest, firstColumn: Expr): readonly Stmt[] {
  const { rows, columns, patch, input, lanes } = nest;
  const { shape, quantization } = input.tensor;
  const kys = span(rows, row, "ky");
  const kxs = span(columns, firstColumn, "kx");
  const leaves = less(mul(kys.count, kxs.count), rows.kernel * columns.kernel);
  const padding = quantization!.zeroPoint * (lanes === 2 ? 0x10001 : 1);
  const pad = forLoop("z", mul(leaves, patch.length), [store(patch, v("z"), padding)]);
  return [
    ...kys.lets,
    ...kxs.lets,
    ...(isClipped(rows) || isClipped(columns) ? [pad] : []),
    ...turns("ky", kys.count, (turn) => {
      const ky = add(kys.from, turn);
      return [
        declare("base", rowStart(input, place(rows, row, ky))),
        ...turns("kx", kxs.count, (inner) => {
          const kx = add(kxs.from, inner);
          const x = add(v("base"), mul(place(columns, firstColumn, kx), shape.c));
          return layOut(nest, x, add(mul(ky, wordsOf(nest), columns.kernel), kx));
        }),
      ];
    }),
  ];
}

/** The channels of one pixel at `x`, to the words of a column from `to` on. */
function layOut(
  { patch, columns, lanes, words, hasOdd, input }: WinogradNest,
  x: Expr,
  to: Expr,
): readonly Stmt[] {
  const channel = (ic: Expr | number): Expr => load(input.buffer, add(x, ic));
  const wordAt = (word: Expr | number): Expr => add(to, mul(word, columns.kernel));
  const both = (first: Expr): Expr => add(mul(channel(add(first, 1)), 0x10000), channel(first));
  return [
    ...turns("word", words, (word) => {
      const first = mul(word, lanes);
      return [store(patch, wordAt(word), lanes === 2 ? both(first) : channel(first))];
    }),
    ...(hasOdd ? [store(patch, wordAt(words), channel(words * lanes))] : []),
  ];
}

/** Every column of every word, along y. */
function transform(nest: WinogradNest): readonly Stmt[] {
  const { toomCook, columns, patch, lanes } = nest;
  const { points, input } = toomCook;
  const plane = wordsOf(nest) * columns.kernel;
  const at = (k: number): Expr => add(v("at"), k * plane);
  const values = input.map((_, k) => v(`d${k}`));
  const put = (k: number, value: Expr): Stmt => store(patch, at(k), lanes === 2 ? asHalves(value) : value);
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

/** high × 2^16 + low, which has borrowed from high where low is below 0, as two halves. */
const asHalves = (value: Expr): Expr => xor(add(value, 0x8000), 0x8000);

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
