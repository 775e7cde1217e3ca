import type { Interval } from "./lifetimes.ts";
import type { Ring } from "./plan.ts";

/** Where a row lies. */
export function rowOffset({ offset, rows, pitch, step, phase }: Ring, row: number): number {
  return offset + ((row * step + phase) % rows) * pitch;
}

/** The bytes of a row, as runs of them one behind the other. */
export function rowRuns(
  ring: Ring,
  row: number,
): readonly { readonly start: number; readonly bytes: number }[] {
  const start = rowOffset(ring, row);
  if (!ring.part) return [{ start, bytes: ring.rowBytes }];
  const { runs, runBytes, runPitch } = ring.part;
  return Array.from({ length: runs }, (_, run) => ({ start: start + run * runPitch, bytes: runBytes }));
}

/**
 * The height of a tensor's ring: the smallest H such that no row still alive shares slot r mod H with another.
 * Rows are born in order, so it is enough that each row is dead before the next one of its slot is born.
 */
export function ringRows(lives: readonly Interval[]): number {
  for (let height = 1; height < lives.length; height++) {
    if (isFree(lives, height)) return height;
  }
  return lives.length;
}

function isFree(lives: readonly Interval[], height: number): boolean {
  for (let row = 0; row + height < lives.length; row++) {
    if (lives[row]!.last >= lives[row + height]!.first) return false;
  }
  return true;
}
