/**
 * A sliding window: a convolution along one row for several neighbouring outputs at once, in the order in which its
 * input streams by.
 *
 * Each element of the row is loaded once and goes to every output whose window holds it; a weight is loaded when it is
 * first needed. Alive at any time are an accumulator an output, a weight a tap and two elements, so that the loop
 * stays in registers: 8 loads of a row and 5 of weights feed 20 products (4 outputs, 5 taps).
 */
import { assign, declare, v } from "../../loop/build.ts";
import type { Expr, Stmt, ValueType } from "../../loop/ir.ts";
import { typeOf } from "../../loop/type-of.ts";

export interface Stream {
  /** Outputs side by side. */
  readonly columns: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** The element in column `j` of the row. */
  readonly element: (j: Expr | number) => Expr;
  /** For each of the sets of accumulators what is loaded for tap `kx`, and the weight in it. */
  readonly weights: readonly Weight[];
  /** `sum` + x × w. */
  readonly product: (sum: Expr, x: Expr, w: Expr) => Expr;
  /** The name of the accumulator of column `ox` in a set. */
  readonly sum: (set: number, ox: number) => string;
  readonly type: ValueType;
  /** Keeps names apart. */
  readonly tag: string;
}

export interface Weight {
  readonly load: (kx: Expr | number) => Expr;
  readonly take: (loaded: Expr) => Expr;
}

/** Adds the products of one row to the accumulators. */
export function streamRow(stream: Stream): readonly Stmt[] {
  const { columns, kernel, stride, dilation } = stream;
  const width = (columns - 1) * stride + (kernel - 1) * dilation + 1;
  const used = Array.from({ length: width }, (_, j) => usesOf(stream, j));
  const stmts: Stmt[] = [];
  // Elements come in twos: two neighbouring loads are one instruction on some cores.
  for (let j = 0; j < width; j += 2) {
    const both = [j, j + 1].filter((at) => at < width && used[at]!.length > 0);
    const taps = both.flatMap((at) => used[at]!.filter(({ ox }) => ox === 0).map(({ kx }) => kx));
    for (const kx of taps) stmts.push(...loadWeights(stream, kx));
    for (const kx of taps) stmts.push(...takeWeights(stream, kx));
    for (const at of both) stmts.push(declare(nameOf(stream, "x", at), stream.element(at)));
    for (const at of both) stmts.push(...used[at]!.flatMap((use) => products(stream, at, use)));
  }
  return stmts;
}

interface Use {
  readonly ox: number;
  readonly kx: number;
}

/** The outputs whose windows hold element `j`, and the tap it lies under. */
function usesOf({ columns, kernel, stride, dilation }: Stream, j: number): readonly Use[] {
  const uses: Use[] = [];
  for (let ox = 0; ox < columns; ox++) {
    const kx = (j - ox * stride) / dilation;
    if (Number.isInteger(kx) && kx >= 0 && kx < kernel) uses.push({ ox, kx });
  }
  return uses;
}

/** Weights are loaded before any is taken apart, to be neighbours too; output 0 is the first to need a tap. */
function loadWeights(stream: Stream, kx: number): readonly Stmt[] {
  return stream.weights.map(({ load }, set) => declare(nameOf(stream, `l${set}k`, kx), load(kx)));
}

function takeWeights(stream: Stream, kx: number): readonly Stmt[] {
  return stream.weights.map(({ load, take }, set) => {
    const loaded = v(nameOf(stream, `l${set}k`, kx), typeOf(load(kx)));
    return declare(nameOf(stream, `w${set}k`, kx), take(loaded));
  });
}

function products(stream: Stream, j: number, { ox, kx }: Use): readonly Stmt[] {
  return stream.weights.map((_, set) => {
    const sum = stream.sum(set, ox);
    const x = v(nameOf(stream, "x", j), stream.type);
    return assign(sum, stream.product(v(sum), x, v(nameOf(stream, `w${set}k`, kx), stream.type)));
  });
}

const nameOf = ({ tag }: Stream, what: string, index: number): string => `${tag}${what}${index}`;
