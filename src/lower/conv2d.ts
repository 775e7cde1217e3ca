/**
 * Convolution, with its clamp and, if fused, the maximum over a pooling window; linear is a convolution whose kernel is
 * its whole input.
 *
 * One call computes one row of the output. The nest is the plain one, loops named by what they run over; rewrites make
 * it fast. With a pool the maximum is taken of the accumulators, before the one requantisation: it is monotone.
 */
import type { Conv2d, Linear } from "../graph/graph.ts";
import { convolvedShape } from "../graph/shape.ts";
import {
  add,
  assign,
  c,
  declare,
  div,
  f,
  forLoop,
  less,
  load,
  max,
  min,
  mul,
  row,
  store,
  sub,
  v,
  type Operand,
} from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import type { ConstantData } from "../loop/program.ts";
import { axisOf, isClipped, place, span, turns, type Axis, type Span } from "./axis.ts";
import { limited } from "./clamp.ts";
import { constant, constantAt, foldedBias, requantizeConstants, rescalingOf } from "./constants.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { packTaps, type PackedTaps } from "./pack-taps.ts";
import { addPackedTap, withPackedWeights, type PackedBits } from "./packed-weights.ts";
import { rowStart, type RowRing } from "./ring.ts";

/** All a nest needs to know, in elements and positions. */
export interface ConvNest {
  readonly node: Conv2d | Linear;
  readonly input: RowRing;
  readonly output: RowRing;
  readonly rows: Axis;
  readonly columns: Axis;
  /** The fused pool's axes over the convolution's results. */
  readonly pool: { readonly rows: Axis; readonly columns: Axis } | undefined;
  readonly groups: number;
  /** Channels of a pixel as the nest sees it: a whole linear input is one pixel. */
  readonly channels: number;
  readonly outputChannels: number;
  /** Zero point the loops must subtract; 0 where it was folded into the bias. */
  readonly zeroPoint: number;
  readonly weight: ConstantData;
  readonly bias: ConstantData;
  readonly multiplier: ConstantData | undefined;
  readonly shift: ConstantData | undefined;
  /** The weights once more, for windows whose columns are all inside the image. */
  readonly packed?: PackedTaps | undefined;
  /** Several weights share a byte; see `packed-weights.ts`. */
  readonly packedBits?: PackedBits;
}

/** @param lanes Weights are laid out for vectors of this many taps: 16 bits each, ragged rows of taps packed. */
export function lowerConv2d(node: Conv2d | Linear, input: RowRing, output: RowRing, lanes?: 8): Lowered {
  const plain = nestOf(node, input, output);
  const nest = lanes
    ? forVectors(plain, lanes)
    : node.weightBits
      ? withPackedWeights(plain, node.weightBits)
      : plain;
  const { weight, bias, multiplier, shift, packed } = nest;
  return {
    kernel: { name: identifier(node.name), layer: node.name, body: channelsFirst(nest) },
    constants: [weight, bias, multiplier, shift, packed?.weight].filter((data) => data !== undefined),
    border: outputBorder(nest),
    // A channel alone in its group shares no input with others; its columns share weights, and input where windows overlap.
    blocked: nest.groups === nest.outputChannels && !nest.pool ? "px" : "oc",
  };
}

/** A vector of 16-bit weights is loaded as it is; one of bytes would be widened every time. */
function forVectors(nest: ConvNest, lanes: 8): ConvNest {
  const weight = constant(nest.node.name, "weight", Int16Array.from(nest.node.weight.data));
  return { ...nest, weight, packed: packTaps(nest, lanes) };
}

export function nestOf(node: Conv2d | Linear, input: RowRing, output: RowRing): ConvNest {
  const view = node.kind === "conv2d" ? convolutionView(node, input, output) : linearView(input);
  const zeroPoint = input.tensor.quantization?.zeroPoint ?? 0;
  const folds = zeroPoint !== 0 && !isClipped(view.rows) && !isClipped(view.columns);
  const biases = folds ? foldedBias(node.bias.data as Int32Array, node.weight, zeroPoint) : node.bias.data;
  const scaling = node.requantize && requantizeConstants(node.name, "", node.requantize);
  return {
    ...view,
    node,
    input,
    output,
    outputChannels: output.tensor.shape.c,
    zeroPoint: folds ? 0 : zeroPoint,
    weight: constant(node.name, "weight", node.weight.data),
    bias: constant(node.name, "bias", biases),
    multiplier: scaling?.multiplier,
    shift: scaling?.shift,
  };
}

type View = Pick<ConvNest, "rows" | "columns" | "pool" | "groups" | "channels">;

function convolutionView(node: Conv2d, input: RowRing, output: RowRing): View {
  const { shape } = input.tensor;
  const { h, w } = convolvedShape(node, shape);
  const { pool } = node;
  const pooled = output.tensor.shape;
  return {
    rows: axisOf(node.window, 0, shape.h, h),
    columns: axisOf(node.window, 1, shape.w, w),
    pool: pool && { rows: axisOf(pool, 0, h, pooled.h), columns: axisOf(pool, 1, w, pooled.w) },
    groups: node.groups,
    channels: shape.c,
  };
}

/** The whole input is one window: one pixel where its rows follow each other, else a pixel a row. */
function linearView(input: RowRing): View {
  const { h } = input.tensor.shape;
  const single: Axis = { kernel: 1, stride: 1, before: 0, dilation: 1, size: 1, positions: 1 };
  return {
    rows: input.isWhole ? single : { ...single, kernel: h, size: h },
    columns: single,
    pool: undefined,
    groups: 1,
    channels: input.isWhole ? h * input.rowLength : input.rowLength,
  };
}

/** Output columns at either side that have a window leaving the image. */
function outputBorder({ columns, pool }: ConvNest): { first: number; last: number } {
  const touches = (px: number): boolean => {
    const windows = pool ? windowPositions(pool.columns, px) : [px];
    return windows.some((ox) => {
      const start = ox * columns.stride - columns.before;
      return start < 0 || start + (columns.kernel - 1) * columns.dilation >= columns.size;
    });
  };
  const count = (pool?.columns ?? columns).positions;
  const poolClips = (px: number): boolean =>
    pool !== undefined && windowPositions(pool.columns, px).length < pool.columns.kernel;
  const atBorder = (px: number): boolean => touches(px) || poolClips(px);
  let first = 0;
  while (first < count && atBorder(first)) first++;
  let last = 0;
  while (last < count - first && atBorder(count - 1 - last)) last++;
  return { first, last };
}

function windowPositions(axis: Axis, position: number): readonly number[] {
  return Array.from(
    { length: axis.kernel },
    (_, k) => position * axis.stride - axis.before + k * axis.dilation,
  ).filter((at) => at >= 0 && at < axis.size);
}

/**
 * For every output channel, every column: weights stay in cache, the row is read again. Groups are a loop of their own,
 * so that the channels of one see the same input.
 */
function channelsFirst(nest: ConvNest): readonly Stmt[] {
  const positions = (nest.pool?.columns ?? nest.columns).positions;
  const groupOut = nest.outputChannels / nest.groups;
  return turns("og", nest.groups, (og) =>
    turns("oc", groupOut, (inGroup) => {
      const oc = add(mul(og, groupOut), inGroup);
      return turns("px", positions, (px) => pixel(nest, oc, px));
    }),
  );
}

export const accType = (nest: ConvNest): "f32" | "i32" => (nest.input.tensor.dtype === "f32" ? "f32" : "i32");

function pixel(nest: ConvNest, oc: Expr, px: Expr): readonly Stmt[] {
  const { pool } = nest;
  const type = accType(nest);
  if (!pool) return [...accumulate(nest, oc, row, px), finish(nest, oc, px, v("acc", type))];
  const wys = span(pool.rows, row, "wy");
  const wxs = span(pool.columns, px, "wx");
  const lowest = type === "f32" ? f(-Infinity) : c(-2147483648);
  return [
    declare("best", lowest),
    ...wys.lets,
    ...wxs.lets,
    ...turns("wy", wys.count, (wy) =>
      turns("wx", wxs.count, (wx) => [
        declare("oy", place(pool.rows, row, add(wys.from, wy))),
        declare("ox", place(pool.columns, px, add(wxs.from, wx))),
        ...accumulate(nest, oc, v("oy"), v("ox")),
        assign("best", max(v("best", type), v("acc", type))),
      ]),
    ),
    finish(nest, oc, px, v("best", type)),
  ];
}

/** Declares `acc`: the bias and the products of one window, in the order ky, kx, ic. */
function accumulate(nest: ConvNest, oc: Expr, oy: Expr, ox: Expr): readonly Stmt[] {
  const { rows, columns } = nest;
  const kys = span(rows, oy, "ky");
  const kxs = span(columns, ox, "kx");
  return [
    ...kys.lets,
    ...kxs.lets,
    declare("acc", constantAt(nest.bias, oc)),
    ...turns("ky", kys.count, (turn) => {
      const ky = add(kys.from, turn);
      return addRowOfTaps(nest, { oc, ky, y: place(rows, oy, ky), ox }, kxs);
    }),
  ];
}

/** `acc` += the products of one row of taps, row `y` of the input under row `ky` of the kernel. */
export function addRowOfTaps(
  nest: ConvNest,
  { oc, ky, y, ox }: { oc: Expr; ky: Expr; y: Expr; ox: Expr },
  kxs: Pick<Span, "from" | "count">,
): readonly Stmt[] {
  const { rows, columns, input, groups, channels } = nest;
  const groupIn = channels / groups;
  const first = mul(div(oc, nest.outputChannels / groups), groupIn);
  return [
    declare("base", rowStart(input, y)),
    ...(nest.packed ? packedRow(nest, nest.packed, kxs.count, { oc, ky, ox }) : []),
    ...turns("kx", nest.packed ? mul(kxs.count, less(kxs.count, columns.kernel)) : kxs.count, (inner) => {
      const kx = add(kxs.from, inner);
      const x = add(v("base"), mul(place(columns, ox, kx), channels), groups > 1 ? first : 0);
      const tap = add(mul(add(mul(oc, rows.kernel), ky), columns.kernel), kx);
      if (nest.packedBits)
        return addPackedTap(nest, nest.packedBits, tap, x, (at, weight) => product(nest, at, weight));
      const w = mul(tap, groupIn);
      return turns("ic", groupIn, (ic) => [product(nest, add(x, ic), load(nest.weight.buffer, add(w, ic)))]);
    }),
  ];
}

/**
 * One row of taps as whole vectors: the last of them overlaps the one before, with weights of 0 for what they share.
 * Turns only where every column of the window is inside.
 */
function packedRow(
  nest: ConvNest,
  packed: PackedTaps,
  columnsInside: Expr,
  at: { oc: Expr; ky: Expr; ox: Expr },
): readonly Stmt[] {
  const { columns, rows, channels } = nest;
  const { lanes, vectors, taps, weight } = packed;
  const isInside = less(columns.kernel - 1, columnsInside);
  const x = add(v("base"), mul(place(columns, at.ox, c(0)), channels));
  const w = mul(add(mul(at.oc, rows.kernel), at.ky), vectors * lanes);
  return [
    forLoop("kv", mul(isInside, vectors), [
      forLoop("ic_1", lanes, [
        product(
          nest,
          add(x, min(mul(v("kv"), lanes), taps - lanes), v("ic_1")),
          load(weight.buffer, add(w, mul(v("kv"), lanes), v("ic_1"))),
        ),
      ]),
    ]),
  ];
}

/** `acc += (x − zero point) × w`. */
export function product(nest: ConvNest, x: Expr, w: Expr): Stmt {
  return assign("acc", add(v("acc", accType(nest)), mul(taken(nest, x), w)));
}

function taken({ input, zeroPoint }: ConvNest, index: Expr): Expr {
  const x = load(input.buffer, index);
  return zeroPoint === 0 ? x : sub(x, zeroPoint);
}

/** Stores what becomes of a sum as element (px, oc) of row `y` of the output. */
export function finish(nest: ConvNest, oc: Expr, px: Expr, value: Expr, y: Operand = row): Stmt {
  const { output, multiplier, shift, node } = nest;
  const { dtype, quantization } = output.tensor;
  const index = add(rowStart(output, y), mul(px, output.pixelPitch), oc);
  if (!multiplier || !shift) return store(output.buffer, index, limited(value, dtype, node.clamp));
  const scaled = rescalingOf(node.requantize!)(value, constantAt(multiplier, oc), constantAt(shift, oc));
  return store(output.buffer, index, limited(add(scaled, quantization!.zeroPoint), dtype, node.clamp));
}
