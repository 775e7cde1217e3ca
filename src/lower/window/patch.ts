/**
 * The patch: the input under one block of columns, expanded once for all output channels.
 *
 * A plane is one channel of one row, its `width` pixels side by side. With one lane an element is a pixel of a plane; with
 * two it is a word of the pixels of two planes: channels 2q and 2q + 1 of a row or, where channels are odd, plane p
 * and the one after it for every p, so that a kernel may begin at any of them.
 */
import type { Tensor } from "../../graph/graph.ts";
import type { Buffer } from "../../loop/ir.ts";
import { elementBytes } from "../../loop/type-of.ts";
import { identifier } from "../name.ts";
import type { Geometry } from "./geometry.ts";

export interface Patch {
  readonly buffer: Buffer;
  readonly lanes: 1 | 2;
  /** Planes of elements in a row of the patch. */
  readonly planesPerRow: number;
  /** From one step of a sum to the next, in planes. */
  readonly stride: number;
  /** Steps of the sum of one window: planes, or pairs of them. */
  readonly steps: number;
}

export function patchOf(name: string, geometry: Geometry, { dtype }: Tensor, lanes: 1 | 2): Patch {
  const { rows, patchRows, block, input } = geometry;
  const isOdd = input.c % 2 === 1;
  const planesPerRow = lanes === 1 || isOdd ? input.c : input.c / 2;
  const length = patchRows * planesPerRow * block.width;
  return {
    buffer: { name: `${identifier(name)}_patch`, type: lanes === 2 ? "i32" : dtype, length, space: "arena" },
    lanes,
    planesPerRow,
    stride: lanes === 2 && isOdd ? 2 : 1,
    steps: Math.ceil((rows.kernel * input.c) / lanes),
  };
}

export const patchBytes = ({ buffer }: Patch): number => buffer.length * elementBytes[buffer.type];
