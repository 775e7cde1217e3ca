/** A dense layer as a kernel: tiles of pixels, in each blocks of channels. */
import type { Conv2d, Linear } from "../../graph/graph.ts";
import { add, c, declare, forLoop, four, load, mul, row, store, v } from "../../loop/build.ts";
import type { Buffer, Expr, Stmt } from "../../loop/ir.ts";
import { turns } from "../axis.ts";
import { inStep } from "../accumulate.ts";
import type { Lowered } from "../lowered.ts";
import { identifier } from "../name.ts";
import { rowStart, type RowRing } from "../ring.ts";
import { declareScale, scalingOf, startOf, storeScaled, storeScaledFour, type Scaling } from "../scaling.ts";
import { addGroup, addGroups, declareSums, sumOf, type Block } from "./block.ts";
import { channelsOfUnit, denseOf, type Dense, type DenseOptions } from "./dense.ts";
import { nibbleQuads, nibbleWords } from "./nibbles.ts";
import {
  expanded,
  expandPixels,
  quads,
  rowRest,
  rowWords,
  singleInputs,
  vectors,
  type Pixels,
} from "./source.ts";
import {
  byteWeights,
  startsOf,
  startsOfVectors,
  stepsOf,
  vectorWeights,
  wordWeights,
  type Weights,
} from "./weights.ts";

interface Options extends DenseOptions {
  readonly sums: Buffer | undefined;
}

interface Work {
  readonly dense: Dense;
  readonly options: Options;
  readonly weights: Weights;
  readonly scaling: Scaling;
  readonly scratch: Buffer | undefined;
}

const nibblesBy = { 1: nibbleQuads, 2: nibbleWords, 16: vectorWeights } as const;
const packedBy = { 1: byteWeights, 2: wordWeights, 16: vectorWeights } as const;

export function lowerDense(
  node: Conv2d | Linear,
  input: RowRing,
  output: RowRing,
  options: Options,
): Lowered {
  const { lanes, outputs, columns, expands, sums } = options;
  const dense = denseOf(node, input, output, sums !== undefined);
  const perUnit = channelsOfUnit(lanes);
  const pack = Math.min(Math.ceil(outputs / perUnit), Math.ceil(dense.channels / perUnit));
  const weights = (options.packed ? nibblesBy : packedBy)[lanes](dense, pack);
  const length = columns * Math.ceil(dense.length / 4) * 2;
  const name = identifier(node.name);
  const scratch: Buffer | undefined = expands
    ? { name: `${name}_lanes`, type: "i32", length, space: "arena" }
    : undefined;
  const scaling =
    lanes === 16
      ? scalingOf(node, output, startsOfVectors(dense), "planes")
      : scalingOf(node, output, startsOf(dense, sums ? { combined: false } : weights));
  const work: Work = { dense, options, weights, scaling, scratch };
  const body = sums ? accumulating(work, sums) : allTiles(work);
  return {
    kernel: { name, layer: node.name, ordered: true, body },
    constants: [weights.data, scaling.table],
    ...(scratch ? { scratch: [{ buffer: scratch, node: node.name }] } : {}),
    ...(sums ? { steps: dense.runs } : {}),
  };
}

/** The row's pixels in tiles of `columns`, and those left over. */
function allTiles(work: Work): readonly Stmt[] {
  const { dense, options } = work;
  const count = Math.floor(dense.pixels / options.columns);
  const left = dense.pixels % options.columns;
  return [
    ...turns("px", count, (tile) =>
      tileAt(work, { px: mul(tile, options.columns), pixels: options.columns, tag: "m" }),
    ),
    ...(left > 0 ? tileAt(work, { px: c(count * options.columns), pixels: left, tag: "l" }) : []),
  ];
}

/** `pixels` pixels from `px` on, all channels. */
function tileAt(work: Work, tile: Tile): readonly Stmt[] {
  const { dense, scratch, weights, options } = work;
  const { px, pixels, tag } = tile;
  const rowAt = (run: Expr, name: string): { lets: readonly Stmt[]; row: Pixels } => ({
    lets: [declare(name, dense.start(run, px))],
    row: { input: dense.input, from: v(name), pixels, pitch: dense.pitch },
  });
  const first = rowAt(options.sums ? row : c(0), `from${tag}`);
  if (scratch) {
    const source = expanded(scratch, pixels);
    const walk = { groups: weights.groups, unroll: options.unroll };
    return [
      ...first.lets,
      ...expandPixels(first.row, dense.length, scratch, tag),
      ...blocks(work, tile, (block, at) => addGroups(block, source, { ...walk, at })),
    ];
  }
  const isOne = dense.runs === 1 || options.sums;
  return [
    ...(isOne ? first.lets : []),
    ...blocks(work, tile, (block, at) => {
      const runAt = (run: Expr): Expr => add(at, mul(run, stepsOf(weights, block.units).run));
      if (isOne) return addRun(work, block, first.row, options.sums ? runAt(row) : at);
      return turns(`run${block.tag}`, dense.runs, (run) => {
        const one = rowAt(run, `from${block.tag}`);
        return [...one.lets, ...addRun(work, block, one.row, runAt(run))];
      });
    }),
  ];
}

/** Adds one run: whole groups, then what is left of it. */
function addRun({ dense, options }: Work, block: Block, row: Pixels, at: Expr): readonly Stmt[] {
  const { unroll, lanes } = options;
  if (lanes === 1 && !options.packed)
    return addGroups(block, singleInputs(row), { groups: dense.length, unroll, at });
  const size = lanes === 16 ? 16 : 4;
  const groups = Math.floor(dense.length / size);
  const left = dense.length % size;
  if (lanes === 16) {
    const end: Pixels = { ...row, from: add(row.from, dense.length - 16 - 16 * groups) };
    return [
      ...addGroups(block, vectors(row), { groups, unroll, at }),
      ...(left > 0 ? addGroup(block, vectors(end), { group: c(groups), at, name: "e" }) : []),
    ];
  }
  const [whole, rest] = lanes === 2 ? [rowWords(row), rowRest(row, left)] : [quads(row), quads(row, left)];
  return [
    ...addGroups(block, whole, { groups, unroll, at }),
    ...(left > 0 ? addGroup(block, rest, { group: c(groups), at, name: "e" }) : []),
  ];
}

interface Tile {
  readonly px: Expr;
  readonly pixels: number;
  readonly tag: string;
}

/** Adds the products of a block; `at` is the index of its first weight. */
type Products = (block: Block, at: Expr) => readonly Stmt[];

/** Blocks of channels, and the channels left over: sums, `products`, results. */
function blocks(work: Work, tile: Tile, products: Products): readonly Stmt[] {
  const { dense, weights, options } = work;
  const { lanes } = options;
  const perUnit = channelsOfUnit(lanes);
  const whole = unitsOf(work, tile.pixels);
  const size = whole * perUnit;
  const count = Math.floor(dense.channels / size);
  const left = dense.channels % size;
  const block = (units: number, part: string): Block => ({
    weights,
    lanes,
    pixels: tile.pixels,
    units,
    tag: `${tile.tag}${part}`,
  });
  return [
    ...turns(`oc${tile.tag}`, count, (index) =>
      blockAt(work, { tile, block: block(whole, "b"), index, channels: size, products }),
    ),
    ...(left > 0
      ? blockAt(work, {
          tile,
          block: block(Math.ceil(left / perUnit), "r"),
          index: c(count),
          channels: left,
          products,
        })
      : []),
  ];
}

/** Units of a block: where weights are packed one by one, as many as keep the sums of a tile in registers. */
function unitsOf({ weights, dense, options }: Work, pixels: number): number {
  if (weights.pack > 1 || options.lanes !== 2) return weights.pack;
  const all = Math.ceil(dense.channels / options.lanes);
  return Math.min(Math.max(1, Math.floor(4 / pixels)), all);
}

interface BlockAt {
  readonly tile: Tile;
  readonly block: Block;
  readonly index: Expr;
  readonly channels: number;
  readonly products: Products;
}

function blockAt(work: Work, { tile, block, index, channels, products }: BlockAt): readonly Stmt[] {
  const { weights, options, dense, scaling } = work;
  const { sums, lanes } = options;
  const { tag, pixels } = block;
  const perUnit = channelsOfUnit(lanes);
  const whole = unitsOf(work, pixels);
  const oc = mul(index, whole * perUnit);
  const to = add(rowStart(dense.output, row), mul(tile.px, dense.channels), oc);
  const results = (i: number): readonly Stmt[] => [
    ...declareScale(scaling, add(oc, i), `${tag}c${i}`),
    ...Array.from({ length: pixels }, (_, p) => {
      const index = add(v(`to${tag}`), i + p * dense.channels);
      return storeScaled(scaling, sumOf(block, i, p), `${tag}c${i}`, index);
    }),
  ];
  const fourResults = (p: number): Stmt => {
    const [first, second, third, fourth] = [0, 1, 2, 3].map((i) => sumOf(block, i, p));
    const all = four(first!, second!, third!, fourth!);
    return storeScaledFour(scaling, all, oc, add(v(`to${tag}`), p * dense.channels));
  };
  const partial = (i: number): readonly Stmt[] => [
    store(sums!, add(oc, i), add(load(sums!, add(oc, i)), sumOf(block, i, 0))),
  ];
  return [
    declare(`at${tag}`, mul(index, stepsOf(weights, whole).block)),
    ...declareSums(block, channels, (i) => (sums ? c(0) : startOf(scaling, add(oc, i)))),
    ...products(block, v(`at${tag}`)),
    ...(sums ? [] : [declare(`to${tag}`, to)]),
    ...(scaling.four && channels === 4 && !sums
      ? Array.from({ length: pixels }, (_, p) => fourResults(p))
      : Array.from({ length: channels }, (_, i) => (sums ? partial(i) : results(i))).flat()),
  ];
}

/** Step r adds row r to the sums, which the first sets to the biases; the last makes the output of them. */
function accumulating(work: Work, sums: Buffer): readonly Stmt[] {
  const { dense, scaling } = work;
  const { channels, output } = dense;
  return [
    inStep(0, "begin", [forLoop("i", channels, [store(sums, v("i"), startOf(scaling, v("i")))])]),
    ...tileAt(work, { px: c(0), pixels: 1, tag: "m" }),
    inStep(dense.runs - 1, "end", [
      forLoop("o", channels, [
        ...declareScale(scaling, v("o"), "o"),
        storeScaled(scaling, load(sums, v("o")), "o", add(rowStart(output, 0), v("o"))),
      ]),
    ]),
  ];
}
