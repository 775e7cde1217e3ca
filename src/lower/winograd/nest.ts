/**
 * Where everything of a Winograd kernel lies: steps, blocks of columns, groups of columns, and the working memory.
 *
 * A step computes m rows of the convolution and what the pool makes of them. It takes the columns a block at a time: the
 * inputs under a block are laid out and transformed once and serve all output channels; a block's groups are so many
 * columns as have their sums in registers.
 */
import type { Buffer } from "../../loop/ir.ts";
import type { Axis } from "../axis.ts";
import type { ConvNest } from "../conv2d.ts";
import { identifier } from "../name.ts";
import type { ToomCook } from "./toom-cook.ts";

/** Rows or columns of the convolution under one of the pool: 1 and 1 without a pool. */
export interface Pooled {
  readonly kernel: number;
  readonly stride: number;
}

export interface WinogradNest {
  readonly conv: ConvNest;
  readonly toomCook: ToomCook;
  /** Channels in a word of the patch. */
  readonly lanes: 1 | 2;
  readonly pool: { readonly rows: Pooled; readonly columns: Pooled };
  /** Rows of the output in a step. */
  readonly rowsPerStep: number;
  /** Columns of the output in a group, and of the convolution under them. */
  readonly group: { readonly outputs: number; readonly columns: number };
  /** Words multiplied in one turn of the loop over them, at most. */
  readonly unroll: number;
  /** Groups in a block, blocks in a row. The last block begins early enough to be as wide as the others. */
  readonly groups: number;
  readonly blocks: number;
  /** Whole words of channels a column, and whether a channel is left over. */
  readonly words: number;
  readonly hasOdd: boolean;
  /** Rows and columns of the input under a step and a block. */
  readonly rows: Axis;
  readonly columns: Axis;
  /** (points, words and the odd channel, columns) */
  readonly patch: Buffer;
  /** (points, columns of a group): one channel's sums, before they become results. */
  readonly products: Buffer;
}

export interface Shape {
  readonly toomCook: ToomCook;
  readonly lanes: 1 | 2;
  /** Columns of the convolution with their sums in registers, at most, and groups of them in a block, at most. */
  readonly columns: number;
  readonly groups: number;
  readonly unroll: number;
}

export function winogradNest(
  conv: ConvNest,
  { toomCook, lanes, columns, groups, unroll }: Shape,
): WinogradNest {
  const pool = pooledOf(conv);
  const { h, w } = conv.output.tensor.shape;
  const rowsPerStep = outputsOf(pool.rows, toomCook.outputs);
  const outputs = Math.min(w, outputsOf(pool.columns, columns));
  const groupsOfBlock = Math.min(groups, Math.floor(w / outputs));
  const perBlock = groupsOfBlock * outputs;
  const words = Math.floor(conv.channels / lanes);
  const hasOdd = conv.channels % lanes > 0;
  const width = under(pool.columns, perBlock) + conv.columns.kernel - 1;
  const length = toomCook.points * (words + (hasOdd ? 1 : 0)) * width;
  const name = identifier(conv.node.name);
  const group = { outputs, columns: under(pool.columns, outputs) };
  return {
    conv,
    toomCook,
    lanes,
    pool,
    rowsPerStep,
    group,
    unroll,
    groups: groupsOfBlock,
    blocks: Math.ceil(w / perBlock),
    words,
    hasOdd,
    rows: {
      ...conv.rows,
      kernel: toomCook.points,
      stride: rowsPerStep * pool.rows.stride,
      // Rows that no result needs may be gone, and count as padding.
      size: Math.min(conv.rows.size, under(pool.rows, h) + conv.rows.kernel - 1 - conv.rows.before),
      positions: Math.ceil(h / rowsPerStep),
    },
    columns: { ...conv.columns, kernel: width, positions: (w - perBlock) * pool.columns.stride + 1 },
    patch: { name: `${name}_patch`, type: lanes === 2 ? "i32" : "i16", length, space: "arena" },
    products: {
      name: `${name}_products`,
      type: "i32",
      length: toomCook.points * group.columns,
      space: "arena",
    },
  };
}

export function pooledOf({ pool }: Pick<ConvNest, "pool">): WinogradNest["pool"] {
  const none: Pooled = { kernel: 1, stride: 1 };
  return pool ?? { rows: none, columns: none };
}

/** Outputs of a pool that lie over so many places. */
export const outputsOf = ({ kernel, stride }: Pooled, places: number): number =>
  Math.floor((places - kernel) / stride) + 1;

/** Places under so many outputs of a pool. */
export const under = ({ kernel, stride }: Pooled, outputs: number): number => (outputs - 1) * stride + kernel;

/** Words of one column of one row of the patch. */
export const wordsOf = ({ words, hasOdd }: WinogradNest): number => words + (hasOdd ? 1 : 0);

/** Bytes of the patch, after which the products lie, in whole words. */
export const patchBytes = ({ patch }: WinogradNest): number =>
  4 * Math.ceil((patch.length * (patch.type === "i32" ? 4 : 2)) / 4);
