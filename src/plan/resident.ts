/** Constants that stay in the arena: one block of it, whose pieces lie one behind the other. */
import { alignUp, wordAlignment } from "./place/shape.ts";
import type { Resident } from "./plan.ts";

/** Pieces by name, each at a multiple of 4 from the block's own offset. */
export function residentPieces(
  sizes: ReadonlyMap<string, number>,
  offset: number,
): ReadonlyMap<string, Resident> {
  let end = offset;
  return new Map(
    [...sizes].map(([name, bytes]) => {
      const at = alignUp(end, wordAlignment);
      end = at + bytes;
      return [name, { name, bytes, offset: at }];
    }),
  );
}

/** Bytes of the whole block. */
export function residentBytes(sizes: ReadonlyMap<string, number>): number {
  const last = [...residentPieces(sizes, 0).values()].at(-1);
  return last ? last.offset + last.bytes : 0;
}
