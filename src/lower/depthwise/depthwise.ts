/**
 * A depthwise convolution: every channel has kernels of its own. Channels are taken four at a time, the width of a word, and
 * a tile of neighbouring columns under all taps is brought into the order in which they are multiplied.
 */
import type { Conv2d, Node, Shape } from "../../graph/graph.ts";
import { axisOf, type Axis } from "../axis.ts";

export interface DepthwiseOptions {
  /** 2: products in pairs of 16 bits, for cores with DSP instructions. */
  readonly lanes: 1 | 2;
  /** Columns of the output computed at once. */
  readonly columns: number;
  /** Columns of the output that share a patch: more of them read less of the input twice, and take more scratch. */
  readonly tile: number;
}

export interface Depthwise {
  readonly node: Conv2d;
  readonly options: DepthwiseOptions;
  readonly input: Shape;
  readonly output: Shape;
  readonly rows: Axis;
  readonly columns: Axis;
  /** Output channels of an input channel. */
  readonly multiple: number;
  /** Columns of the input under a tile. */
  readonly width: number;
  /** What a channel's part of the patch consists of. */
  readonly planes: readonly Plane[];
  /** Words, or elements, of a channel's part of the patch. */
  readonly perChannel: number;
}

/**
 * One lane: a row of the input. Two lanes: two rows, their elements side by side in a word, or one row whose
 * neighbouring elements are; of that place i has columns i − 1 and i, so there is one place more.
 */
export interface Plane {
  readonly kind: "row" | "rows" | "neighbours";
  /** The first row, as a tap. */
  readonly ky: number;
  readonly places: number;
  /** Where it begins in the channel's part. */
  readonly at: number;
}

/** Why a node is no depthwise int8 convolution that is done so; undefined if it is one. */
export function whyNotDepthwise(node: Node, input: Shape): string | undefined {
  if (node.kind !== "conv2d") return `is a ${node.kind}`;
  if (!(node.weight.data instanceof Int8Array) || !node.requantize) return "is not int8";
  if (node.groups !== input.c) return `has ${node.groups} groups of ${input.c} channels`;
  if (node.pool) return "has a pool";
  return Math.max(...node.window.dilation) > 1 ? "has a dilated kernel" : undefined;
}

export function depthwiseOf(node: Conv2d, input: Shape, output: Shape, options: DepthwiseOptions): Depthwise {
  const rows = axisOf(node.window, 0, input.h, output.h);
  const columns = axisOf(node.window, 1, input.w, output.w);
  const tile = Math.min(options.tile, output.w);
  const width = (tile - 1) * columns.stride + columns.kernel;
  const planes = planesOf(rows.kernel, width, options.lanes);
  const last = planes.at(-1)!;
  return {
    node,
    options: { ...options, tile, columns: Math.min(options.columns, tile) },
    input,
    output,
    rows,
    columns,
    multiple: output.c / input.c,
    width,
    planes,
    perChannel: last.at + last.places,
  };
}

function planesOf(kernel: number, width: number, lanes: 1 | 2): readonly Plane[] {
  return Array.from({ length: Math.ceil(kernel / lanes) }, (_, i): Plane => {
    const ky = i * lanes;
    const kind = lanes === 1 ? "row" : ky + 1 < kernel ? "rows" : "neighbours";
    return { kind, ky, places: kind === "neighbours" ? width + 1 : width, at: i * width };
  });
}

/** Channels in the patch at once. */
export const quad = 4;
