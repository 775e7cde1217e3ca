/**
 * The patch: the input under one block of columns, expanded once for all output channels.
 *
 * A plane is one channel of one row, its `width` pixels side by side. With one lane an element is a pixel of a plane, as
 * an unsigned byte (`lifted`), which more cores load with an offset than a signed one; with
 * two it is a word of the pixels of two planes: two channels of a row (see `pairs`) or, where channels are odd, plane p
 * and the one after it for every p, so that a kernel may begin at any of them.
 */
import { byteLimits } from "../../graph/quantized.ts";
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
  /** Two lanes: channels that lie two apart are a pair, as a word of four bytes is taken apart; else neighbours. */
  readonly apart: boolean;
}

export function patchOf(name: string, geometry: Geometry, lanes: 1 | 2): Patch {
  const { rows, patchRows, block, rest, input } = geometry;
  const isOdd = input.c % 2 === 1;
  const planesPerRow = lanes === 1 || isOdd ? input.c : input.c / 2;
  const length = patchRows * planesPerRow * Math.max(block.width, rest?.width ?? 0);
  return {
    buffer: { name: `${identifier(name)}_patch`, type: lanes === 2 ? "i32" : "u8", length, space: "arena" },
    lanes,
    planesPerRow,
    stride: lanes === 2 && isOdd ? 2 : 1,
    steps: Math.ceil((rows.kernel * input.c) / lanes),
    apart: lanes === 2 && input.c % 4 === 0,
  };
}

export const patchBytes = ({ buffer }: Patch): number => buffer.length * elementBytes[buffer.type];

/** What a patch's elements are above the input's bytes. */
export const lifted = ({ lanes }: Patch, { dtype }: Tensor): number =>
  lanes === 1 ? -byteLimits(dtype as "i8" | "u8").min : 0;

/** The planes, (ky, ic) as one number, that step `step` of a sum multiplies. */
export function planesOf({ lanes, apart }: Patch, step: number): readonly number[] {
  if (lanes === 1) return [step];
  const first = apart ? 4 * (step >> 1) + (step & 1) : 2 * step;
  return [first, first + (apart ? 2 : 1)];
}
