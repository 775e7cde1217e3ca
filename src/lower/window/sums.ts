/** The sums of a group of output channels over one block: how the planes of the patch meet the weights. */
import {
  add,
  addWrapping,
  assign,
  declare,
  dot,
  evens,
  halves,
  load,
  mul,
  odds,
  shr,
  subWrapping,
  v,
} from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import type { ConstantData } from "../../loop/program.ts";
import { turns } from "../axis.ts";
import { largestDivisor, type Block, type Geometry } from "./geometry.ts";
import type { WindowOptions } from "./options.ts";
import type { Patch } from "./patch.ts";
import { streamRow, type Stream, type Weight } from "./stream.ts";
import { streamTaps } from "./taps.ts";

export interface Group {
  readonly geometry: Geometry;
  readonly patch: Patch;
  readonly weight: ConstantData;
  readonly options: WindowOptions;
  /** Halves of weight words are one weight plus 256 times another (`wordWeights`). */
  readonly summed: boolean;
  readonly block: Block;
  /** The group's first column in the patch. */
  readonly first: Expr;
  /** Keeps names apart. */
  readonly tag: string;
  /** Channels of a full group, and of this one. */
  readonly atOnce: number;
  readonly size: number;
  /** Which group this is. */
  readonly number: Expr;
  /** The bias of an output channel. */
  readonly bias: (oc: Expr) => Expr;
}

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** Declares the sums of all channels and columns under row `wy` of the pooling window. */
export function declareSums(group: Group, wy: Expr): readonly Stmt[] {
  const channels = range(group.size);
  const passes = group.options.lanes === 1 ? [channels] : channels.map((o) => [o]);
  return passes.flatMap((os) => [
    ...os.flatMap((o) =>
      range(group.block.columns).map((ox) =>
        declare(sumName(group, o, ox), group.bias(channelOf(group, isAbove(group, o) ? 0 : o))),
      ),
    ),
    ...pass(group, wy, os),
  ]);
}

/** The sum of channel `o` at column `ox` of the block, in a form that keeps its order; `wholeSum` says what it is. */
export function sumAt(group: Group, o: number, ox: number): Expr {
  const sum = v(sumName(group, o, ox));
  return isAbove(group, o) ? subWrapping(sum, v(sumName(group, 0, ox))) : sum;
}

/** What one of `sumAt` stands for. */
export const wholeSum = (group: Group, o: number, sum: Expr): Expr =>
  isAbove(group, o) ? add(shr(sum, 8), group.bias(channelOf(group, o))) : sum;

export const channelOf = ({ number, atOnce }: Group, o: number): Expr => add(mul(number, atOnce), o);

/** The second channel of a pair has its sum above 8 bits of the first's. */
const isAbove = ({ summed }: Group, o: number): boolean => summed && o === 1;

const sumName = ({ tag }: Group, o: number, ox: number): string => `sum${tag}c${o}x${ox}`;

/** Adds all products of channels `os`, as the planes of the patch go by once. */
function pass(group: Group, wy: Expr, os: readonly number[]): readonly Stmt[] {
  const { reuse } = group.options;
  const tag = group.options.lanes === 1 ? group.tag : `${group.tag}c${os[0]!}`;
  const columns = range(group.block.columns);
  switch (reuse) {
    case "window":
      return steps(group, wy, tag, (step) =>
        (group.options.order === "weights" ? streamTaps : streamRow)(streamOf(group, os, step)),
      );
    case "weights":
      return steps(group, wy, tag, (step) => columnsOf(streamOf(group, os, step), columns));
    case "nothing":
      return columns.flatMap((ox) =>
        steps(group, wy, `${tag}x${ox}`, (step) => columnsOf(streamOf(group, os, step), [ox])),
      );
  }
}

/** One step of a sum: where its row of the patch and its weights begin. */
interface Step {
  readonly element: Expr;
  readonly weight: Expr;
  readonly tag: string;
}

/** All steps of a sum, several of them a turn. */
function steps(
  { geometry, patch, options, block, first, size, atOnce, number }: Group,
  wy: Expr,
  tag: string,
  body: (step: Step) => readonly Stmt[],
): readonly Stmt[] {
  const { kernel } = geometry.columns;
  // Of a loop of one turn a compiler would hoist all weights out of the loop around it.
  const perTurn = largestDivisor(patch.steps, Math.max(1, Math.min(options.unroll, patch.steps >> 1)));
  const weights = {
    step: kernel * (options.lanes === 1 ? size : 1),
    channels: options.lanes === 1 ? atOnce : 1,
  };
  const start = add(first, mul(wy, geometry.rows.stride * patch.planesPerRow * block.width));
  return turns(`k${tag}`, patch.steps / perTurn, (k) =>
    range(perTurn).flatMap((u) => {
      const elements = patch.stride * block.width;
      return body({
        element: add(start, mul(k, perTurn * elements), u * elements),
        weight: add(
          mul(number, patch.steps * kernel * weights.channels),
          mul(k, perTurn * weights.step),
          u * weights.step,
        ),
        tag: `${tag}u${u}`,
      });
    }),
  );
}

function streamOf(group: Group, os: readonly number[], step: Step): Stream {
  const { geometry, patch, block, weight, options } = group;
  const { kernel, stride, dilation } = geometry.columns;
  const word = (kx: Expr | number): Expr => load(weight.buffer, add(step.weight, kx));
  const take = (o: number): Weight["take"] => (o === 0 ? evens : group.summed ? halves : odds);
  const shape = { columns: block.columns, kernel, stride, dilation, tag: step.tag };
  const sum = (set: number, ox: number): string => sumName(group, os[set]!, ox);
  const element = (j: Expr | number): Expr => load(patch.buffer, add(step.element, j));
  return options.lanes === 2
    ? {
        ...shape,
        sum,
        type: "i16x2",
        element: (j) => halves(element(j)),
        weights: os.map((o) => ({ load: word, take: take(o) })),
        product: (total, x, w) => addWrapping(total, dot(x, w)),
      }
    : {
        ...shape,
        sum,
        type: "i32",
        element,
        weights: os.map((_, i) => ({ load: (kx) => word(add(kx, i * kernel)), take: (w) => w })),
        product: (total, x, w) => add(total, mul(x, w)),
      };
}

/** Adds the products of one row tap by tap, each weight loaded once for the columns given. */
function columnsOf(stream: Stream, columns: readonly number[]): readonly Stmt[] {
  const { kernel, stride, dilation, weights, tag, type, sum } = stream;
  return turns(`t${tag}`, kernel, (kx) => [
    ...weights.map(({ load: from, take }, set) => declare(`${tag}w${set}`, take(from(kx)))),
    ...columns.flatMap((ox) =>
      weights.map((_, set) => {
        const x = stream.element(add(mul(kx, dilation), ox * stride));
        return assign(sum(set, ox), stream.product(v(sum(set, ox)), x, v(`${tag}w${set}`, type)));
      }),
    ),
  ]);
}
