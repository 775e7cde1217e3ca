/**
 * A model of CMSIS-NN's int8 kernels, written from their published description: L. Lai, N. Suda, V. Chandra,
 * "CMSIS-NN: Efficient Neural Network Kernels for Arm Cortex-M CPUs", arXiv 1801.06601, section 3, and the int8
 * interface of `arm_convolve_s8`.
 *
 * A convolution expands two columns of its input to 16 bits (im2col) in a buffer of 2 × K × 2 bytes, K = KH·KW·IC, and
 * multiplies them with two output channels at a time; a pointwise one needs no buffer; a linear layer takes two rows of its
 * weights at a time; pools are layers of their own. The bytes that come out are those of every other lowering.
 */
import type { Conv2d, Node } from "../graph/graph.ts";
import { tensorOf } from "../graph/build.ts";
import { add, assign, c, declare, forLoop, less, load, mul, row, store, sub, v } from "../loop/build.ts";
import type { Buffer, Expr, Kernel, Stmt } from "../loop/ir.ts";
import { rewriteKernel } from "../loop/rewrite/apply.ts";
import type { Rewrite } from "../loop/rewrite.ts";
import { isClipped, place, span, turns } from "./axis.ts";
import { limited } from "./clamp.ts";
import { constantAt, rescalingOf } from "./constants.ts";
import { nestOf, type ConvNest } from "./conv2d.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { lowerNode } from "./lower-node.ts";
import type { Recipes } from "./recipe.ts";
import { rowStart, type RowRing } from "./ring.ts";

const hoist: Rewrite = { rewrite: "hoist" };
const collapse: Rewrite = { rewrite: "collapse", outer: "kx", inner: "ic" };
const jam = (loop: string): Rewrite => ({ rewrite: "jam", loop, factor: 2 });
const unroll = (loop: string): Rewrite => ({ rewrite: "unroll", loop, factor: 4 });

/** For int8 graphs whose pools are not fused. */
export const cmsisLike: Recipes = {
  name: "cmsis-like",
  refuses(graph) {
    const isFloat = graph.inputs.some((name) => tensorOf(graph, name).dtype === "f32");
    const isWide = [...graph.tensors.values()].some(({ dtype }) => dtype === "i16");
    const isFused = graph.nodes.some((node) => node.kind === "conv2d" && node.pool);
    return isFloat || isFused || isWide
      ? `${graph.name}: cmsis-like is for int8 graphs without fused pools and activations of 16 bits`
      : undefined;
  },
  of: (_, node) => ({
    name: "cmsis-like",
    family: "cmsis-like",
    scratchBytes: node.kind === "conv2d" && expands(node) ? 2 * taps(node) * 2 : 0,
    rowsPerStep: 1,
    lower: lowerLikeCmsis,
  }),
};

function lowerLikeCmsis(
  node: Node,
  inputs: readonly RowRing[],
  output: RowRing,
  sums: Buffer | undefined,
): Lowered {
  if (node.kind === "conv2d" && expands(node)) return lowerExpanding(node, inputs[0]!, output);
  const lowered = lowerNode(node, inputs, output, { sums });
  const steps = lowered.steps ?? output.tensor.shape.h;
  return { ...lowered, kernel: rewriteKernel(lowered.kernel, rewritesOf(node), steps) };
}

function rewritesOf(node: Node): readonly Rewrite[] {
  if (node.kind === "linear") return [collapse, jam("oc"), unroll("ic"), hoist, { rewrite: "share" }];
  if (node.kind === "conv2d" && node.groups === 1)
    return [jam("oc"), jam("px"), unroll("ic"), hoist, { rewrite: "share" }];
  return [hoist];
}

const taps = (node: Conv2d): number => node.weight.data.length / node.weight.shape[0]!;

/** Grouped convolutions are computed directly and pointwise ones multiplied in place. */
function expands({ groups, window }: Conv2d): boolean {
  const { kernel, stride, padding } = window;
  const padded = padding.top + padding.bottom + padding.left + padding.right > 0;
  return groups === 1 && (Math.max(...kernel, ...stride) > 1 || padded);
}

function lowerExpanding(node: Conv2d, input: RowRing, output: RowRing): Lowered {
  // The zero point is subtracted while expanding, as CMSIS-NN's input offset is.
  const nest = { ...nestOf(node, input, output), zeroPoint: input.tensor.quantization!.zeroPoint };
  const bias = { ...nest.bias, data: node.bias.data as Int32Array };
  const length = 2 * taps(node);
  const columns: Buffer = { name: `${identifier(node.name)}_columns`, type: "i16", length, space: "arena" };
  const kernel: Kernel = {
    name: identifier(node.name),
    layer: node.name,
    body: convolution({ ...nest, bias }, columns),
  };
  return {
    kernel: rewriteKernel(kernel, [unroll("k"), hoist, { rewrite: "share" }], output.tensor.shape.h),
    constants: [nest.weight, bias, nest.multiplier!, nest.shift!],
    scratch: [{ buffer: columns, node: node.name }],
  };
}

/** One row of the output: pairs of pixels, and the odd one behind them. */
function convolution(nest: ConvNest, columns: Buffer): readonly Stmt[] {
  const { positions } = nest.columns;
  const pairs = turns("px", positions >> 1, (px) => pixels(nest, columns, mul(px, 2), 2, "1"));
  const single = positions % 2 === 1 ? pixels(nest, columns, c(positions - 1), 1, "2") : [];
  return [...(positions > 1 ? pairs : []), ...single];
}

/** `count` neighbouring pixels from `px` on, expanded and multiplied; `tag` keeps names apart. */
function pixels(nest: ConvNest, columns: Buffer, px: Expr, count: number, tag: string): readonly Stmt[] {
  const expansions = Array.from({ length: count }, (_, i) =>
    expand(nest, columns, add(px, i), i, `${tag}${i}`),
  ).flat();
  const channels = nest.outputChannels;
  const pairs = turns(`oc_${tag}`, channels >> 1, (oc) =>
    products(nest, columns, mul(oc, 2), px, [2, count], `${tag}2`),
  );
  const single =
    channels % 2 === 1 ? products(nest, columns, c(channels - 1), px, [1, count], `${tag}1`) : [];
  return [...expansions, ...(channels > 1 ? pairs : []), ...single];
}

/** im2col of one window: x − zero point in 16 bits, zeros where it leaves the image. */
function expand(nest: ConvNest, columns: Buffer, ox: Expr, slot: number, tag: string): readonly Stmt[] {
  const { rows, columns: axis, input, channels, zeroPoint } = nest;
  const length = columns.length / 2;
  const kys = span(rows, row, `ky_${tag}`);
  const kxs = span(axis, ox, `kx_${tag}`);
  const inside = mul(kys.count, kxs.count);
  const clear = forLoop(`z_${tag}`, mul(less(inside, rows.kernel * axis.kernel), length), [
    store(columns, add(v(`z_${tag}`), slot * length), 0),
  ]);
  return [
    ...kys.lets,
    ...kxs.lets,
    ...(isClipped(rows) || isClipped(axis) ? [clear] : []),
    ...turns(`ky_${tag}`, kys.count, (turn) => {
      const ky = add(kys.from, turn);
      return [
        declare(`base_${tag}`, rowStart(input, place(rows, row, ky))),
        ...turns(`kx_${tag}`, kxs.count, (inner) => {
          const kx = add(kxs.from, inner);
          return turns(`ic_${tag}`, channels, (ic) => {
            const x = load(input.buffer, add(v(`base_${tag}`), mul(place(axis, ox, kx), channels), ic));
            const at = add(mul(add(mul(ky, axis.kernel), kx), channels), ic, slot * length);
            return [store(columns, at, zeroPoint === 0 ? x : sub(x, zeroPoint))];
          });
        }),
      ];
    }),
  ];
}

/** `shape` = [output channels, pixels] multiplied at once: each weight serves all pixels, each input all channels. */
function products(
  nest: ConvNest,
  columns: Buffer,
  oc: Expr,
  px: Expr,
  [channels, count]: readonly [number, number],
  tag: string,
): readonly Stmt[] {
  const length = columns.length / 2;
  const cells = Array.from({ length: channels * count }, (_, i) => ({
    channel: Math.floor(i / count),
    pixel: i % count,
  }));
  const acc = (channel: number, pixel: number): string => `acc_${tag}_${channel}_${pixel}`;
  const k = `k_${tag}`;
  return [
    ...cells.map(({ channel, pixel }) =>
      declare(acc(channel, pixel), constantAt(nest.bias, add(oc, channel))),
    ),
    forLoop(
      k,
      length,
      cells.map(({ channel, pixel }) => {
        const weight = load(nest.weight.buffer, add(mul(add(oc, channel), length), v(k)));
        const product = mul(weight, load(columns, add(v(k), pixel * length)));
        return assign(acc(channel, pixel), add(v(acc(channel, pixel)), product));
      }),
    ),
    ...cells.map(({ channel, pixel }) =>
      finish(nest, add(oc, channel), add(px, pixel), v(acc(channel, pixel))),
    ),
  ];
}

function finish(nest: ConvNest, oc: Expr, px: Expr, value: Expr): Stmt {
  const { output, node } = nest;
  const { dtype, quantization } = output.tensor;
  const [multiplier, shift] = [constantAt(nest.multiplier!, oc), constantAt(nest.shift!, oc)];
  const scaled = rescalingOf(node.requantize!)(value, multiplier, shift);
  const index = add(rowStart(output, row), mul(px, nest.outputChannels), oc);
  return store(output.buffer, index, limited(add(scaled, quantization!.zeroPoint), dtype, node.clamp));
}
