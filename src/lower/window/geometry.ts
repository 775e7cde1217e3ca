/** What a convolution by a sliding window works on: blocks of neighbouring columns, and the patch of input under one. */
import type { Conv2d } from "../../graph/graph.ts";
import { convolvedShape, outputShape } from "../../graph/shape.ts";
import type { Shape } from "../../graph/graph.ts";
import { axisOf, isClipped, type Axis } from "../axis.ts";
import type { WindowOptions } from "./options.ts";

/** Neighbouring groups of columns, and the columns of the input under them. */
export interface Block {
  readonly groups: number;
  /** Output pixels of a group, and columns of the convolution's results. */
  readonly pixels: number;
  readonly columns: number;
  /** Columns of the input. */
  readonly width: number;
}

export type Tiling = Pick<WindowOptions, "columns" | "groups">;

export interface Geometry {
  readonly rows: Axis;
  readonly columns: Axis;
  /** The fused pool's axes over the convolution's results; a window of 1 without a pool. */
  readonly pool: { readonly rows: Axis; readonly columns: Axis };
  readonly input: Shape;
  readonly output: Shape;
  /** Rows of input under one row of output. */
  readonly patchRows: number;
  /** `count` blocks alike, then what is left of the row. */
  readonly block: Block;
  readonly count: number;
  readonly rest: Block | undefined;
}

/**
 * @param columns The convolution's columns in a group, if it can have as many; at least one pixel's.
 * @param groups Groups in a block, at most; so many that blocks are alike.
 */
export function geometryOf(node: Conv2d, input: Shape, { columns, groups }: Tiling): Geometry {
  const inner = convolvedShape(node, input);
  const output = outputShape(node, [input]);
  const rows = axisOf(node.window, 0, input.h, inner.h);
  const axis = axisOf(node.window, 1, input.w, inner.w);
  const pool = poolOf(node, inner, output);
  const fitting = Math.floor((columns - pool.columns.kernel) / pool.columns.stride) + 1;
  // Columns between the windows of a pool would be computed for nothing.
  const most = pool.columns.stride > pool.columns.kernel ? 1 : fitting;
  const pixels = Math.min(Math.max(1, most), output.w);
  const all = Math.floor(output.w / pixels);
  const perBlock = largestDivisor(all, groups);
  const left = output.w % pixels;
  return {
    rows,
    columns: axis,
    pool,
    input,
    output,
    patchRows: (pool.rows.kernel - 1) * rows.stride + rows.kernel,
    block: blockOf(axis, pool.columns, pixels, perBlock),
    count: all / perBlock,
    rest: left > 0 ? blockOf(axis, pool.columns, left, 1) : undefined,
  };
}

/** Of `n`, and not above `most`. */
export function largestDivisor(n: number, most: number): number {
  let divisor = Math.min(n, most);
  while (n % divisor > 0) divisor--;
  return divisor;
}

function poolOf(node: Conv2d, inner: Shape, output: Shape): Geometry["pool"] {
  const none = (size: number): Axis => ({
    kernel: 1,
    stride: 1,
    before: 0,
    dilation: 1,
    size,
    positions: size,
  });
  return node.pool
    ? { rows: axisOf(node.pool, 0, inner.h, output.h), columns: axisOf(node.pool, 1, inner.w, output.w) }
    : { rows: none(inner.h), columns: none(inner.w) };
}

function blockOf(axis: Axis, pool: Axis, pixels: number, groups: number): Block {
  const under = (outputs: number): number => (outputs - 1) * pool.stride + pool.kernel;
  const width = (under(pixels * groups) - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1;
  return { groups, pixels, columns: under(pixels), width };
}

/** Why a layer cannot be computed so; undefined if it can. */
export function windowFits(node: Conv2d, input: Shape): string | undefined {
  if (!(node.weight.data instanceof Int8Array)) return "is not int8";
  if (node.groups > 1) return `has ${node.groups} groups`;
  if (node.window.dilation[0] > 1) return "has a kernel dilated from row to row";
  const { pool } = geometryOf(node, input, { columns: 1, groups: 1 });
  if (isClipped(pool.rows) || isClipped(pool.columns)) return "has a pooling window that leaves the image";
  if (pool.rows.dilation > 1 || pool.columns.dilation > 1) return "has a dilated pooling window";
  return undefined;
}
