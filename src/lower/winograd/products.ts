/**
 * The sums of one output channel over a group's columns: for every transformed row a convolution along x.
 *
 * Columns that follow each other share inputs, so a window of words slides along x while every weight is loaded once:
 * C columns and K taps take C + K − 1 words and K weights for C × K products.
 */
import {
  add,
  addWrapping,
  assign,
  c,
  declare,
  dot,
  forLoop,
  halves,
  load,
  mul,
  store,
  v,
} from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import type { ConstantData } from "../../loop/program.ts";
import { turns } from "../axis.ts";
import { constant } from "../constants.ts";
import { wordsOf, type WinogradNest } from "./nest.ts";
import { patchAt } from "./patch.ts";
import { transformWeights } from "./proof.ts";

/** Weights of the odd channel, two taps a word; a last tap alone has 0 beside it. */
const oddWeights = (taps: number): number => Math.ceil(taps / 2);

/** Words of weights of one output channel and one transformed row. */
function weightsPerRow({ conv, words, hasOdd }: WinogradNest): number {
  const taps = conv.columns.kernel;
  return words * taps + (hasOdd ? oddWeights(taps) : 0);
}

/** (OC, points, words, KW), and behind the words the odd channel's: i16, or two of them in an i32. */
export function packWeights(nest: WinogradNest): ConstantData {
  const { conv, toomCook, lanes, words, hasOdd } = nest;
  const { channels, outputChannels } = conv;
  const taps = conv.columns.kernel;
  const { data } = conv.node.weight;
  const transformed = transformWeights(toomCook.weight, {
    data,
    bias: conv.bias.data,
    perRow: taps * channels,
  });
  const packed: number[] = [];
  for (let oc = 0; oc < outputChannels; oc++) {
    for (let k = 0; k < toomCook.points; k++) {
      const at = (ic: number, kx: number): number =>
        kx < taps ? transformed[(oc * taps + kx) * channels + ic]![k]! : 0;
      for (let word = 0; word < words; word++) {
        for (let kx = 0; kx < taps; kx++) {
          packed.push(lanes === 1 ? at(word, kx) : wordWith(at(2 * word, kx), at(2 * word + 1, kx)));
        }
      }
      if (hasOdd) {
        for (let kx = 0; kx < taps; kx += 2)
          packed.push(wordWith(at(channels - 1, kx), at(channels - 1, kx + 1)));
      }
    }
  }
  return constant(
    conv.node.name,
    "winograd",
    lanes === 1 ? Int16Array.from(packed) : Int32Array.from(packed),
  );
}

const wordWith = (low: number, high: number): number => (low & 0xffff) | (high << 16);

/** The sums of channel `oc` and the group whose first column is `first` of the block, to `products`. */
export function sumProducts(
  nest: WinogradNest,
  weights: ConstantData,
  oc: Expr,
  first: Expr,
): readonly Stmt[] {
  const { toomCook, group, columns, words, hasOdd, products, conv } = nest;
  const taps = conv.columns.kernel;
  const perTurn = largestDivisor(words, nest.unroll);
  const accumulators = Array.from({ length: group.columns }, (_, i) => `acc${i}`);
  const k = v("k");
  const plane = add(mul(k, wordsOf(nest) * columns.kernel), first);
  const row = mul(add(mul(oc, toomCook.points), k), weightsPerRow(nest));
  return [
    forLoop("k", toomCook.points, [
      ...accumulators.map((name) => declare(name, 0)),
      ...turns("turn", words / perTurn, (turn) =>
        Array.from({ length: perTurn }, (_, i) => {
          const word = add(mul(turn, perTurn), i);
          return slide(nest, weights, {
            tag: String.fromCharCode(97 + i),
            x: add(plane, mul(word, columns.kernel)),
            w: add(row, mul(word, taps)),
            taps,
            step: 1,
          });
        }).flat(),
      ),
      ...(hasOdd
        ? slide(nest, weights, {
            tag: "o",
            x: add(plane, words * columns.kernel),
            w: add(row, words * taps),
            taps: oddWeights(taps),
            step: 2,
          })
        : []),
      ...accumulators.map((name, i) => store(products, add(mul(k, group.columns), i), v(name))),
    ]),
  ];
}

function largestDivisor(of: number, atMost: number): number {
  let divisor = Math.max(1, Math.min(of, atMost));
  while (of % divisor > 0) divisor--;
  return divisor;
}

interface Slide {
  /** Keeps names apart. */
  readonly tag: string;
  /** First word of the patch and first weight. */
  readonly x: Expr;
  readonly w: Expr;
  /** Weights, and columns from one to the next. */
  readonly taps: number;
  readonly step: 1 | 2;
}

/**
 * A window of words sliding over all columns. What is loaded is loaded when it is first needed, together with its neighbour:
 * two words that follow each other are one LDRD.
 */
function slide(nest: WinogradNest, weights: ConstantData, { tag, x, w, taps, step }: Slide): readonly Stmt[] {
  const { lanes, group } = nest;
  const type = lanes === 2 ? "i16x2" : "i32";
  const width = group.columns + step * (taps - 1);
  const word = (at: number): Expr => patchAt(nest, add(x, c(at)));
  const weight = (at: number): Expr => {
    const loaded = load(weights.buffer, add(w, at));
    return lanes === 2 ? halves(loaded) : loaded;
  };
  const statements: Stmt[] = [];
  const known = new Set<string>();
  const take = (what: "x" | "w", at: number, length: number, of: (at: number) => Expr): Expr => {
    const name = (i: number): string => `${what}${tag}${i}`;
    const first = at - (at % 2);
    for (let i = first; i < Math.min(first + 2, length) && !known.has(name(i)); i++) {
      statements.push(declare(name(i), of(i)));
      known.add(name(i));
    }
    return v(name(at), type);
  };
  for (let tap = 0; tap < taps; tap++) {
    for (let column = 0; column < group.columns; column++) {
      const [a, b] = [take("x", column + step * tap, width, word), take("w", tap, taps, weight)];
      const product = lanes === 2 ? dot(a, b) : mul(a, b);
      statements.push(assign(`acc${column}`, addWrapping(v(`acc${column}`), product)));
    }
  }
  return statements;
}
