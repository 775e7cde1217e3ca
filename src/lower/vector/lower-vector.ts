/** A convolution by vectors as a kernel: blocks of columns, in each four channels at a time. */
import {
  add,
  addDot16,
  assign,
  c,
  declare,
  four,
  max,
  maxLanes,
  mul,
  row,
  v,
  widen,
} from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import { turns } from "../axis.ts";
import type { Lowered } from "../lowered.ts";
import { identifier } from "../name.ts";
import { rowStart } from "../ring.ts";
import { declareScale, startOf, storeScaled, storeScaledFour } from "../scaling.ts";
import { largestDivisor, type Block } from "../window/geometry.ts";
import { vectorBytes, type VectorLayer } from "./layer.ts";
import { fillPatch } from "./patch.ts";
import { together } from "./weights.ts";

export function lowerVector(layer: VectorLayer): Lowered {
  const { node, geometry, patch, weights, scaling, output } = layer;
  const { block, count, rest } = geometry;
  const perBlock = block.groups * block.pixels;
  const body = [
    declare("out", rowStart(output, row)),
    ...turns("tile", count, (tile) => blockAt(layer, block, mul(tile, perBlock), "m")),
    ...(rest ? blockAt(layer, rest, c(count * perBlock), "l") : []),
  ];
  return {
    kernel: { name: identifier(node.name), layer: node.name, ordered: true, body },
    constants: [weights.data, scaling.table],
    scratch: [{ buffer: patch, node: node.name }],
  };
}

/** All channels of a block of columns, its first pixel `px`. */
function blockAt(layer: VectorLayer, block: Block, px: Expr, tag: string): readonly Stmt[] {
  const channels = layer.geometry.output.c;
  const whole = Math.floor(channels / together);
  const left = channels % together;
  const fours = (first: Expr, count: number, part: string): readonly Stmt[] =>
    turns(`g${tag}${part}`, block.groups, (g) =>
      group(layer, {
        block,
        first,
        count,
        group: g,
        px: add(px, mul(g, block.pixels)),
        tag: `${tag}${part}`,
      }),
    );
  return [
    ...fillPatch(layer, block, px, tag),
    ...turns(`oc${tag}`, whole, (oc) => fours(mul(oc, together), together, "w")),
    ...(left > 0 ? fours(c(whole * together), left, "r") : []),
  ];
}

interface Group {
  readonly block: Block;
  /** Channels: the first, and how many. */
  readonly first: Expr;
  readonly count: number;
  /** Number of the group in its block, and its first output pixel. */
  readonly group: Expr;
  readonly px: Expr;
  readonly tag: string;
}

const sumName = ({ tag }: Group, column: number, channel: number): string => `a${tag}x${column}c${channel}`;

const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

/** The sums of a few channels of a few columns, the largest under each pooling window, and what becomes of them. */
function group(layer: VectorLayer, one: Group): readonly Stmt[] {
  const { pool } = layer.geometry;
  const { block, tag } = one;
  const windows = pool.rows.kernel * pool.columns.kernel;
  if (windows === 1) {
    return [
      ...windowSums(layer, one, c(0)),
      ...range(block.pixels).flatMap((p) => results(layer, one, p, (i) => v(sumName(one, p, i)))),
    ];
  }
  const isVector = usesVectors(layer, one);
  const best = (p: number, i: number): string => `best${tag}p${p}c${isVector ? 0 : i}`;
  const lowest = isVector ? four(lowestSum, lowestSum, lowestSum, lowestSum) : c(lowestSum);
  const perPixel = isVector ? 1 : one.count;
  const raise = (p: number, column: number): readonly Stmt[] =>
    isVector
      ? [assign(best(p, 0), maxLanes(v(best(p, 0), "i32x4"), fourSums(one, column)))]
      : range(one.count).map((i) => assign(best(p, i), max(v(best(p, i)), v(sumName(one, column, i)))));
  return [
    ...range(block.pixels).flatMap((p) => range(perPixel).map((i) => declare(best(p, i), lowest))),
    ...turns(`wy${tag}`, pool.rows.kernel, (wy) => [
      ...windowSums(layer, one, wy),
      ...range(block.pixels).flatMap((p) =>
        range(pool.columns.kernel).flatMap((wx) => raise(p, p * pool.columns.stride + wx)),
      ),
    ]),
    ...range(block.pixels).flatMap((p) =>
      results(layer, one, p, (i) => v(best(p, i), isVector ? "i32x4" : "i32")),
    ),
  ];
}

const lowestSum = -2147483648;

const usesVectors = ({ scaling }: VectorLayer, { count }: Group): boolean =>
  scaling.four !== undefined && count === together;

function fourSums(one: Group, column: number): Expr {
  const [a, b, x, y] = range(together).map((i) => v(sumName(one, column, i)));
  return four(a!, b!, x!, y!);
}

/** Declares and adds up the sums of the group's columns in row `wy` under its pool, a few channels at a time. */
function windowSums(layer: VectorLayer, one: Group, wy: Expr): readonly Stmt[] {
  const { geometry, weights, channels } = layer;
  const { block, count, tag } = one;
  const { rows, columns, input } = geometry;
  const column = mul(one.group, block.pixels * geometry.pool.columns.stride * columns.stride);
  const perRow = weights.perRow * count * vectorBytes;
  const isShort = rows.kernel * weights.perRow <= mostTurns;
  const ofRow = isShort || weights.perRow > 2 ? largestDivisor(weights.perRow, mostTurns) : 1;
  return range(Math.ceil(count / channels)).flatMap((part) => {
    const name = `${tag}s${part}`;
    const own = range(count).slice(part * channels, (part + 1) * channels);
    return [
      ...own.flatMap((i) => startSums(layer, one, i)),
      declare(`w${name}`, mul(one.first, rows.kernel * weights.perRow * vectorBytes)),
      declare(`x${name}`, mul(add(mul(wy, rows.stride * block.width), column), input.c)),
      ...inTurns(`ky${name}`, rows.kernel, isShort ? rows.kernel : 1, (ky, row) =>
        inTurns(`k${name}${row}`, weights.perRow, ofRow, (k, vector) =>
          products(layer, one, {
            channels: own,
            x: add(v(`x${name}`), mul(ky, block.width * input.c), mul(k, vectorBytes)),
            w: add(v(`w${name}`), mul(ky, perRow), mul(k, count * vectorBytes)),
            name: `${name}${row}${vector}`,
          }),
        ),
      ),
    ];
  });
}

/** A loop of which `several` turns follow one another in the text. */
function inTurns(
  index: string,
  count: number,
  several: number,
  body: (index: Expr, name: string) => readonly Stmt[],
): readonly Stmt[] {
  return turns(index, count / several, (i) =>
    range(several).flatMap((turn) => body(add(mul(i, several), turn), `t${turn}`)),
  );
}

/** Vectors that follow one another in the text, at most. */
const mostTurns = 6;

function startSums({ scaling }: VectorLayer, one: Group, i: number): readonly Stmt[] {
  const start = `start${one.tag}c${i}`;
  return [
    declare(start, startOf(scaling, add(one.first, i))),
    ...range(one.block.columns).map((x) => declare(sumName(one, x, i), v(start))),
  ];
}

interface Products {
  readonly channels: readonly number[];
  /** The first element of the patch, and of the weights. */
  readonly x: Expr;
  readonly w: Expr;
  readonly name: string;
}

/** One vector of taps of all columns and some channels. */
function products({ geometry, patch, weights }: VectorLayer, one: Group, from: Products): readonly Stmt[] {
  const { name, channels } = from;
  const pitch = geometry.columns.stride * geometry.input.c;
  const x = (column: number): string => `v${name}x${column}`;
  const w = (channel: number): string => `v${name}w${channel}`;
  return [
    ...range(one.block.columns).map((column) =>
      declare(x(column), widen(patch, add(from.x, column * pitch), vectorBytes)),
    ),
    ...channels.flatMap((i) => [
      declare(w(i), widen(weights.data.buffer, add(from.w, i * vectorBytes), vectorBytes)),
      ...range(one.block.columns).map((column) => {
        const sum = sumName(one, column, i);
        return assign(sum, addDot16(v(sum), v(x(column), "i8x16"), v(w(i), "i8x16")));
      }),
    ]),
  ];
}

/** Stores pixel `p` of the group; `sum` is that of a channel, or the four of them. */
function results(layer: VectorLayer, one: Group, p: number, sum: (i: number) => Expr): readonly Stmt[] {
  const { scaling, geometry } = layer;
  const { first, count, tag, px } = one;
  const index = add(v("out"), mul(px, geometry.output.c), first, p * geometry.output.c);
  if (usesVectors(layer, one)) {
    const isPooled = geometry.pool.rows.kernel * geometry.pool.columns.kernel > 1;
    return [storeScaledFour(scaling, isPooled ? sum(0) : fourSums(one, p), first, index)];
  }
  return range(count).flatMap((i) => {
    const name = `${tag}p${p}i${i}`;
    return [...declareScale(scaling, add(first, i), name), storeScaled(scaling, sum(i), name, add(index, i))];
  });
}
