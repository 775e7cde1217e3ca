/** The sums of one output channel over a group's columns: for every transformed row a convolution along x. */
import { add, addWrapping, declare, dot, forLoop, halves, load, mul, store, v } from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import type { ConstantData } from "../../loop/program.ts";
import { turns } from "../axis.ts";
import { constant } from "../constants.ts";
import { streamRow, type Stream } from "../window/stream.ts";
import { streamTaps } from "../window/taps.ts";
import { wordsOf, type WinogradNest } from "./nest.ts";
import { transformWeights } from "./proof.ts";

/** Weights of the odd channel, two taps a word; a last tap alone has 0 beside it. */
const oddWeights = (taps: number): number => Math.ceil(taps / 2);

/** Words of weights of one output channel and one transformed row. */
function weightsPerRow({ node, words, hasOdd }: WinogradNest): number {
  const taps = node.window.kernel[1];
  return words * taps + (hasOdd ? oddWeights(taps) : 0);
}

/** (OC, points, words, KW), and behind the words the odd channel's: i16, or two of them in an i32. */
export function packWeights({ node, input, toomCook, lanes, words, hasOdd }: WinogradNest): ConstantData {
  const { c } = input.tensor.shape;
  const taps = node.window.kernel[1];
  const outputs = node.bias.data.length;
  const transformed = transformWeights(toomCook.weight, {
    data: node.weight.data,
    bias: node.bias.data,
    perRow: taps * c,
  });
  const packed: number[] = [];
  for (let oc = 0; oc < outputs; oc++) {
    for (let k = 0; k < toomCook.points; k++) {
      const at = (ic: number, kx: number): number =>
        kx < taps ? transformed[(oc * taps + kx) * c + ic]![k]! : 0;
      for (let word = 0; word < words; word++) {
        for (let kx = 0; kx < taps; kx++) {
          packed.push(lanes === 1 ? at(word, kx) : wordWith(at(2 * word, kx), at(2 * word + 1, kx)));
        }
      }
      for (let kx = 0; hasOdd && kx < taps; kx += 2) packed.push(wordWith(at(c - 1, kx), at(c - 1, kx + 1)));
    }
  }
  return constant(node.name, "winograd", lanes === 1 ? Int16Array.from(packed) : Int32Array.from(packed));
}

const wordWith = (low: number, high: number): number => (low & 0xffff) | (high << 16);

/** The sums of channel `oc` and the group whose first column is `first` of the block, to `products`. */
export function sumProducts(
  nest: WinogradNest,
  weights: ConstantData,
  oc: Expr,
  first: Expr,
): readonly Stmt[] {
  const { toomCook, group, columns, words, hasOdd, products, node, unroll } = nest;
  const taps = node.window.kernel[1];
  const k = v("k");
  const x = add(mul(k, wordsOf(nest) * columns.kernel), first);
  const w = mul(add(mul(oc, toomCook.points), k), weightsPerRow(nest));
  const slide = (tag: string, word: Expr, kernel: number, dilation: number): readonly Stmt[] =>
    convolve(nest, weights, {
      tag,
      kernel,
      dilation,
      x: add(x, mul(word, columns.kernel)),
      w: add(w, mul(word, taps)),
    });
  return [
    forLoop("k", toomCook.points, [
      ...Array.from({ length: group.columns }, (_, column) => declare(sumOf(column), 0)),
      ...turns("turn", words / unroll, (turn) =>
        Array.from({ length: unroll }, (_, i) => slide(`u${i}`, add(mul(turn, unroll), i), taps, 1)).flat(),
      ),
      ...(hasOdd ? slide("odd", add(words), oddWeights(taps), 2) : []),
      ...Array.from({ length: group.columns }, (_, column) =>
        store(products, add(mul(k, group.columns), column), v(sumOf(column))),
      ),
    ]),
  ];
}

const sumOf = (column: number): string => `sum${column}`;

interface Slide {
  /** Keeps names apart. */
  readonly tag: string;
  /** First word of the patch and first weight. */
  readonly x: Expr;
  readonly w: Expr;
  /** Weights, and columns from one to the next. */
  readonly kernel: number;
  readonly dilation: number;
}

/** Adds to all sums what one word of channels gives them. */
function convolve(
  { group, lanes, patch, order }: WinogradNest,
  weights: ConstantData,
  { tag, x, w, kernel, dilation }: Slide,
): readonly Stmt[] {
  const taken = (e: Expr): Expr => (lanes === 2 ? halves(e) : e);
  const row: Stream = {
    columns: group.columns,
    kernel,
    stride: 1,
    dilation,
    tag,
    element: (j) => taken(load(patch, add(x, j))),
    weights: [{ load: (kx) => load(weights.buffer, add(w, kx)), take: taken }],
    product: (sum, a, b) => addWrapping(sum, lanes === 2 ? dot(a, b) : mul(a, b)),
    sum: (_, column) => sumOf(column),
    type: lanes === 2 ? "i16x2" : "i32",
  };
  return order === "inputs" ? streamRow(row) : streamTaps(row);
}
