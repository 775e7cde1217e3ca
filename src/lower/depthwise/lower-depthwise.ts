/** A depthwise convolution as a kernel: tiles of columns, in each four channels at a time. */
import type { Conv2d } from "../../graph/graph.ts";
import {
  add,
  addWrapping,
  c,
  declare,
  dot,
  evens,
  halves,
  load,
  mul,
  odds,
  row,
  v,
} from "../../loop/build.ts";
import type { Buffer, Expr, Stmt } from "../../loop/ir.ts";
import type { ConstantData } from "../../loop/program.ts";
import { turns } from "../axis.ts";
import { foldedBias } from "../constants.ts";
import type { Lowered } from "../lowered.ts";
import { identifier } from "../name.ts";
import { rowStart, type RowRing } from "../ring.ts";
import { declareScale, scalingOf, startOf, storeScaled, type Scaling } from "../scaling.ts";
import { streamRow } from "../window/stream.ts";
import { type Depthwise, depthwiseOf, type DepthwiseOptions, type Plane, quad } from "./depthwise.ts";
import { beginTile, fillPatch, patchOf, type Filling } from "./patch.ts";
import { depthwiseWeights, tapsOf, weightsPerChannel, type Tap } from "./weights.ts";

interface Work {
  readonly depthwise: Depthwise;
  readonly input: RowRing;
  readonly patch: Buffer;
  readonly taps: readonly Tap[];
  readonly weights: ConstantData;
  readonly scaling: Scaling;
}

export function lowerDepthwise(
  node: Conv2d,
  input: RowRing,
  output: RowRing,
  options: DepthwiseOptions,
): Lowered {
  const depthwise = depthwiseOf(node, input.tensor.shape, output.tensor.shape, options);
  const { zeroPoint } = input.tensor.quantization!;
  const biases = node.bias.data as Int32Array;
  const work: Work = {
    depthwise,
    input,
    patch: patchOf(depthwise, input.tensor.dtype as "i8" | "u8"),
    taps: tapsOf(depthwise),
    weights: depthwiseWeights(depthwise),
    scaling: scalingOf(node, output, foldedBias(biases, node.weight, zeroPoint)),
  };
  return {
    kernel: { name: identifier(node.name), layer: node.name, ordered: true, body: tiles(work) },
    constants: [work.weights, work.scaling.table],
    scratch: [{ buffer: work.patch, node: node.name }],
  };
}

/** Tiles alike, the last one moved to the left where it would reach beyond the row: some columns are computed twice. */
function tiles(work: Work): readonly Stmt[] {
  const { output, options } = work.depthwise;
  const count = Math.floor(output.w / options.tile);
  const left = output.w % options.tile;
  return [
    ...turns("tile", count, (tile) => tileAt(work, mul(tile, options.tile), options.tile, "m")),
    ...(left > 0 ? tileAt(work, c(output.w - left), left, "l") : []),
  ];
}

/** `columns` columns of the output from `px` on. */
function tileAt(work: Work, px: Expr, columns: number, tag: string): readonly Stmt[] {
  const { depthwise, input, patch, scaling } = work;
  const width = (columns - 1) * depthwise.columns.stride + depthwise.columns.kernel;
  const filling: Filling = { depthwise: { ...depthwise, width }, input, patch, tag };
  const whole = Math.floor(depthwise.input.c / quad);
  const left = depthwise.input.c % quad;
  const channels = (first: Expr, count: number, part: string): readonly Stmt[] => [
    ...fillPatch(filling, first, count, part),
    ...turns(`ic${tag}${part}`, count, (i) =>
      turns(`nth${tag}${part}`, depthwise.multiple, (m) => {
        const oc = add(mul(add(first, i), depthwise.multiple), m);
        return channel(work, { oc, from: mul(i, depthwise.perChannel), columns, tag: `${tag}${part}` });
      }),
    ),
  ];
  return [
    ...beginTile(filling, px),
    declare(`out${tag}`, add(rowStart(scaling.output, row), mul(px, depthwise.output.c))),
    ...turns(`quad${tag}`, whole, (q) => channels(mul(q, quad), quad, "q")),
    ...(left > 0 ? channels(c(whole * quad), left, "r") : []),
  ];
}

interface Channel {
  readonly oc: Expr;
  /** Where the channel's part of the patch begins. */
  readonly from: Expr;
  readonly columns: number;
  readonly tag: string;
}

/** One channel of a tile, `options.columns` columns at once. */
function channel(work: Work, { oc, from, columns, tag }: Channel): readonly Stmt[] {
  const { depthwise, taps, weights, scaling } = work;
  const { options } = depthwise;
  const perChannel = weightsPerChannel(depthwise, taps);
  const words = Array.from({ length: perChannel }, (_, i) =>
    declare(`k${tag}i${i}`, load(weights.buffer, add(mul(oc, perChannel), i))),
  );
  const count = Math.floor(columns / options.columns);
  const left = columns % options.columns;
  const block = (first: Expr, size: number, part: string): readonly Stmt[] =>
    blockAt(work, { oc, from, first, columns: size, tag: `${tag}${part}`, words: tag });
  return [
    ...words,
    declare(`b${tag}`, startOf(scaling, oc)),
    ...declareScale(scaling, oc, tag),
    ...turns(`px${tag}`, count, (b) => block(mul(b, options.columns), options.columns, "b")),
    ...(left > 0 ? block(c(count * options.columns), left, "e") : []),
  ];
}

interface Block {
  readonly oc: Expr;
  readonly from: Expr;
  /** The first column, from the tile's own. */
  readonly first: Expr;
  readonly columns: number;
  readonly tag: string;
  /** The tag of the channel's weights. */
  readonly words: string;
}

function blockAt(work: Work, block: Block): readonly Stmt[] {
  const { depthwise, scaling } = work;
  const { columns, tag, words, oc, first } = block;
  const sum = (ox: number): string => `a${tag}x${ox}`;
  const out = add(v(`out${tag[0]!}`), mul(first, depthwise.output.c), oc);
  return [
    ...Array.from({ length: columns }, (_, ox) => declare(sum(ox), v(`b${words}`))),
    ...depthwise.planes.flatMap((plane, i) => planeProducts(work, block, plane, i)),
    ...Array.from({ length: columns }, (_, ox) =>
      storeScaled(scaling, v(sum(ox)), words, add(out, ox * depthwise.output.c)),
    ),
  ];
}

function planeProducts(work: Work, block: Block, plane: Plane, index: number): readonly Stmt[] {
  const { depthwise, patch, taps } = work;
  const { columns } = depthwise;
  const two = depthwise.options.lanes === 2;
  const step = plane.kind === "neighbours" ? 2 : 1;
  // Place i of neighbours has columns i − 1 and i.
  const start = add(
    block.from,
    mul(block.first, columns.stride),
    plane.at + (plane.kind === "neighbours" ? 1 : 0),
  );
  const own = taps.findIndex((tap) => tap.plane === plane);
  const weight = (kx: number): Expr => {
    const tap = own + kx;
    if (!two) return v(`k${block.words}i${tap}`);
    const word = v(`k${block.words}i${tap >> 1}`);
    return tap % 2 === 0 ? evens(word) : odds(word);
  };
  return streamRow({
    columns: block.columns,
    kernel: Math.ceil(columns.kernel / step),
    stride: columns.stride,
    dilation: step,
    element: (j) => {
      const x = load(patch, add(start, j));
      return two ? halves(x) : x;
    },
    weights: [{ load: (kx) => weight(kx as number), take: (loaded) => loaded }],
    product: (sum, x, w) => (two ? addWrapping(sum, dot(x, w)) : add(sum, mul(x, w))),
    sum: (_, ox) => `a${block.tag}x${ox}`,
    type: two ? "i16x2" : "i32",
    tag: `${block.tag}g${index}`,
  });
}
