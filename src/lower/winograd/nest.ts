/**
 * Where everything of a Winograd kernel lies: steps, blocks of columns, groups of columns, and the working memory.
 *
 * A step computes m rows of the convolution and what the pool makes of them. It takes the columns a block at a time: the
 * inputs under a block are laid out and transformed once and serve all output channels. A block is a few groups: as many
 * columns each as have their sums in registers.
 */
import type { Conv2d } from "../../graph/graph.ts";
import type { Buffer } from "../../loop/ir.ts";
import type { Axis } from "../axis.ts";
import { identifier } from "../name.ts";
import type { RowRing } from "../ring.ts";
import { finishOf, type Finish } from "../window/finish.ts";
import { geometryOf, largestDivisor, type Geometry } from "../window/geometry.ts";
import { toomCook, type ToomCook } from "./toom-cook.ts";

export interface WinogradOptions {
  /** Rows of the convolution that a step computes. */
  readonly m: 2 | 4;
  /** Channels multiplied at once: 2 where there is an instruction for two products (SMLAD). */
  readonly lanes: 1 | 2;
  /** Columns of the convolution with their sums in registers together, at most: what the core has registers for. */
  readonly columns: number;
  /** So many columns, again and again, for one transform of the inputs, at most: more is faster and takes more scratch. */
  readonly groups: number;
  /** Words of channels multiplied in one turn of a loop, at most: more code and fewer branches. */
  readonly unroll: number;
  /** Products in the order of the inputs, or of the weights, which takes fewer registers. */
  readonly order: "inputs" | "weights";
}

export interface WinogradNest {
  readonly node: Conv2d;
  readonly input: RowRing;
  readonly output: RowRing;
  readonly finish: Finish;
  readonly toomCook: ToomCook;
  /** Channels in a word of the patch. */
  readonly lanes: 1 | 2;
  /** Words multiplied in one turn of the loop over them. */
  readonly unroll: number;
  readonly order: WinogradOptions["order"];
  readonly pool: Geometry["pool"];
  /** Rows of the output in a step. */
  readonly rowsPerStep: number;
  /** Pixels of the output in a group, and columns of the convolution under them. */
  readonly group: { readonly pixels: number; readonly columns: number };
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

export function winogradNest(
  node: Conv2d,
  input: RowRing,
  output: RowRing,
  { m, lanes, columns, groups, unroll, order }: WinogradOptions,
): WinogradNest {
  const geometry = geometryOf(node, input.tensor.shape, { columns, groups: 1 });
  const { pool, block: group } = geometry;
  const { h, w } = output.tensor.shape;
  const { c } = input.tensor.shape;
  const scheme = toomCook(m, geometry.rows.kernel);
  const groupsOfBlock = groupsInBlock(w, group.pixels, groups);
  const perBlock = groupsOfBlock * group.pixels;
  const rowsPerStep = outputsOver(pool.rows, m);
  const words = Math.floor(c / lanes);
  const hasOdd = c % lanes > 0;
  const width = under(pool.columns, perBlock) + geometry.columns.kernel - 1;
  const length = scheme.points * (words + (hasOdd ? 1 : 0)) * width;
  const buffer = (what: string, type: Buffer["type"], elements: number): Buffer => {
    return { name: `${identifier(node.name)}_${what}`, type, length: elements, space: "arena" };
  };
  return {
    node,
    input,
    output,
    finish: finishOf(node, input.tensor.quantization!.zeroPoint, output, true),
    toomCook: scheme,
    lanes,
    order,
    unroll: largestDivisor(Math.max(1, words), unroll),
    pool,
    rowsPerStep,
    group,
    groups: groupsOfBlock,
    blocks: Math.ceil(w / perBlock),
    words,
    hasOdd,
    rows: {
      ...geometry.rows,
      kernel: scheme.points,
      stride: rowsPerStep * pool.rows.stride,
      // Rows that no result needs may be gone, and count as padding.
      size: Math.min(
        geometry.rows.size,
        under(pool.rows, h) + geometry.rows.kernel - 1 - geometry.rows.before,
      ),
      positions: Math.ceil(h / rowsPerStep),
    },
    columns: { ...geometry.columns, kernel: width, positions: (w - perBlock) * pool.columns.stride + 1 },
    patch: buffer("patch", lanes === 2 ? "i32" : "i16", length),
    products: buffer("products", "i32", scheme.points * group.columns),
  };
}

/** As many as waste the least: the last block of a row computes again what it shares with the one before. */
function groupsInBlock(width: number, pixels: number, atMost: number): number {
  const computed = (groups: number): number => Math.ceil(width / (groups * pixels)) * groups;
  const sizes = Array.from({ length: Math.min(atMost, Math.floor(width / pixels)) }, (_, i) => i + 1);
  return sizes.reduce((best, groups) => (computed(groups) <= computed(best) ? groups : best));
}

type Pooled = Pick<Axis, "kernel" | "stride">;

/** Outputs of a pool that lie over so many places. */
export const outputsOver = ({ kernel, stride }: Pooled, places: number): number =>
  Math.floor((places - kernel) / stride) + 1;

/** Places under so many outputs of a pool. */
export const under = ({ kernel, stride }: Pooled, outputs: number): number => (outputs - 1) * stride + kernel;

/** Words of one column of one row of the patch. */
export const wordsOf = ({ words, hasOdd }: WinogradNest): number => words + (hasOdd ? 1 : 0);

/** Bytes of the patch, after which the products lie, in whole words. */
export const patchBytes = ({ patch }: WinogradNest): number =>
  4 * Math.ceil((patch.length * (patch.type === "i32" ? 4 : 2)) / 4);

/** Bytes of all working memory. */
export const scratchBytes = (nest: WinogradNest): number => patchBytes(nest) + 4 * nest.products.length;
