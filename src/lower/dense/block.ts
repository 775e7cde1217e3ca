/**
 * A block: the sums of a few neighbouring pixels and a few output channels at once, so that each input serves all channels
 * and each weight all pixels.
 *
 * With two lanes channels come in pairs, and inputs in groups of four (two words of two lanes); with one lane every channel
 * and every input is alone.
 */
import {
  add,
  addDot16,
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
  v,
  widen,
} from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import { turns } from "../axis.ts";
import { secondOf } from "../pair-sums.ts";
import { channelsOfUnit, type DenseOptions } from "./dense.ts";
import { stepsOf, type Weights } from "./weights.ts";

/** Where a block takes its inputs from. */
export interface Source {
  /** Declares part `part` of the inputs of a group, all pixels of it: the input itself, or half of its lanes. */
  readonly take: (name: InputName, group: Expr, part: number) => readonly Stmt[];
}

export type InputName = (part: number, pixel: number) => string;

export interface Block {
  readonly weights: Weights;
  readonly lanes: DenseOptions["lanes"];
  readonly pixels: number;
  /** Units of channels: pairs of them, or single ones. */
  readonly units: number;
  /** Keeps the names of several blocks in one kernel apart. */
  readonly tag: string;
}

/** The sums of a unit, in the order of `starts`. */
const sumsOf = ({ lanes }: Block): readonly ("a" | "b")[] => (lanes === 2 ? ["a", "b"] : ["a"]);

const sumName = ({ tag }: Block, which: string, unit: number, pixel: number): string =>
  `${which}${tag}u${unit}p${pixel}`;

/** Declares the sums; `start` is what that of a channel of the block starts with. The odd one's partner starts at 0. */
export function declareSums(
  block: Block,
  channels: number,
  start: (channel: number) => Expr,
): readonly Stmt[] {
  const { units, pixels, tag } = block;
  const lanes = channelsOfUnit(block.lanes);
  return Array.from({ length: units * lanes }, (_, channel) => {
    const name = `start${tag}c${channel}`;
    const unit = Math.floor(channel / lanes);
    const sums = Array.from({ length: pixels }, (_, p) =>
      sumName(block, sumsOf(block)[channel % lanes]!, unit, p),
    );
    if (channel >= channels) return sums.map((sum) => declare(sum, 0));
    return [declare(name, start(channel)), ...sums.map((sum) => declare(sum, v(name)))];
  }).flat();
}

/** Adds `groups` groups, `unroll` of them a turn; `at` is the index of the first weight of the first unit. */
export function addGroups(
  block: Block,
  source: Source,
  { groups, unroll, at }: { readonly groups: number; readonly unroll: number; readonly at: Expr },
): readonly Stmt[] {
  const { tag } = block;
  const whole = Math.floor(groups / unroll);
  const several = (first: Expr, count: number, part: string): readonly Stmt[] =>
    Array.from({ length: count }, (_, i) =>
      addGroup(block, source, { group: add(first, i), at, name: `${part}${i}` }),
    ).flat();
  return [
    ...(whole > 0 ? turns(`k${tag}`, whole, (k) => several(mul(k, unroll), unroll, "t")) : []),
    ...several(mul(whole, unroll), groups % unroll, "r"),
  ];
}

interface Group {
  readonly group: Expr;
  readonly at: Expr;
  readonly name: string;
}

export function addGroup(block: Block, source: Source, { group, at, name }: Group): readonly Stmt[] {
  const { weights, units, pixels, tag, lanes } = block;
  const steps = stepsOf(weights, units);
  const parts = Array.from({ length: weights.parts }, (_, part) => part);
  const input: InputName = (part, pixel) => `x${tag}${name}h${part}p${pixel}`;
  const word = (unit: number, part: number): string => `w${tag}${name}h${part}u${unit}`;
  const first = add(at, mul(group, steps.group));
  const type = lanes === 2 ? "i16x2" : lanes === 16 ? "i8x16" : "i32";
  const weightAt = (at: Expr): Expr =>
    lanes === 16 ? widen(weights.data.buffer, at, 16) : load(weights.data.buffer, at);
  const { unpack } = weights;
  const weight = (unit: number, part: number): readonly Stmt[] => {
    if (!unpack) return [declare(word(unit, part), weightAt(add(first, unit * steps.unit + part)))];
    const packed = `${tag}${name}n${unit}u`;
    return [
      ...(part === 0 ? [declare(packed, weightAt(add(first, unit * steps.unit)))] : []),
      declare(word(unit, part), unpack(v(packed), part)),
    ];
  };
  const inputs = parts.map((part) => source.take(input, group, part));
  const products = (unit: number, part: number): readonly Stmt[] => {
    const xs = Array.from({ length: pixels }, (_, p) => v(input(part, p), type));
    return lanes === 2
      ? pairProducts(block, { unit, word: v(word(unit, part)), name: `${word(unit, part)}`, xs })
      : xs.map((x, p) => {
          const sum = sumName(block, "a", unit, p);
          const w = v(word(unit, part), lanes === 16 ? "i8x16" : "i32");
          return assign(sum, lanes === 16 ? addDot16(v(sum), x, w) : add(v(sum), mul(x, w)));
        });
  };
  if (pixels === 1) {
    // The inputs serve all units: they are taken first, then each unit's weights, side by side.
    return [
      ...inputs.flat(),
      ...Array.from({ length: units }, (_, u) => [
        ...parts.flatMap((part) => weight(u, part)),
        ...parts.flatMap((part) => products(u, part)),
      ]).flat(),
    ];
  }
  return parts.flatMap((part) => [
    ...Array.from({ length: units }, (_, u) => weight(u, part)).flat(),
    ...inputs[part]!,
    ...Array.from({ length: units }, (_, u) => products(u, part)).flat(),
  ]);
}

interface PairWord {
  readonly unit: number;
  readonly word: Expr;
  readonly name: string;
  readonly xs: readonly Expr[];
}

/** Two products of each of the two channels of a pair. */
function pairProducts(block: Block, { unit, word, name, xs }: PairWord): readonly Stmt[] {
  const { combined } = block.weights;
  const first = v(`${name}e`, "i16x2");
  const second = combined ? halves(word) : v(`${name}o`, "i16x2");
  return [
    declare(`${name}e`, evens(word)),
    ...(combined ? [] : [declare(`${name}o`, odds(word))]),
    ...xs.flatMap((x, p) => {
      const [a, b] = [sumName(block, "a", unit, p), sumName(block, "b", unit, p)];
      return [assign(a, addWrapping(v(a), dot(x, first))), assign(b, addWrapping(v(b), dot(x, second)))];
    }),
  ];
}

/** The finished sum of channel `channel` of the block at a pixel. */
export function sumOf(block: Block, channel: number, pixel: number): Expr {
  const { weights } = block;
  const lanes = channelsOfUnit(block.lanes);
  const unit = Math.floor(channel / lanes);
  const shifted = (sum: Expr): Expr => (weights.bitsAbove ? shr(sum, weights.bitsAbove) : sum);
  const first = v(sumName(block, "a", unit, pixel));
  if (channel % lanes === 0) return shifted(first);
  const other = v(sumName(block, "b", unit, pixel));
  return weights.combined ? secondOf(other, first) : shifted(other);
}
