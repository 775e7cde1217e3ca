import { isOverwritten, overlap } from "./differences.ts";
import type { Strip } from "./strip.ts";

/** Rows of two strips that are alive together. */
export interface Meeting {
  readonly rowA: number;
  readonly rowB: number;
  /** One overwrites the other: the two may lie at the same bytes. */
  readonly mayBeSame: boolean;
}

/** All of them, of strips numbered `a` and `b`. */
export function meetingsOf(strips: readonly Strip[], a: number, b: number): readonly Meeting[] {
  const found: Meeting[] = [];
  strips[a]!.rows.forEach((livesA, rowA) => {
    strips[b]!.rows.forEach((livesB, rowB) => {
      for (const x of livesA) {
        for (const y of livesB) {
          if (!overlap(x, y)) continue;
          const takenA = { ...x, owner: a, over: strips[a]!.over };
          const takenB = { ...y, owner: b, over: strips[b]!.over };
          found.push({ rowA, rowB, mayBeSame: isOverwritten(takenA, takenB) });
        }
      }
    });
  });
  return found;
}

/** The most bytes of these strips alive at one event from `first` to `last`. */
export function mostAlive(strips: readonly Strip[], first = 0, last = Infinity): number {
  const changes: { readonly at: number; readonly bytes: number }[] = [];
  for (const { rows, rowBytes } of strips) {
    for (const life of rows.flat()) {
      if (!overlap(life, { first, last })) continue;
      changes.push({ at: life.first, bytes: rowBytes }, { at: life.last + 1, bytes: -rowBytes });
    }
  }
  changes.sort((x, y) => x.at - y.at || x.bytes - y.bytes);
  let alive = 0;
  let most = 0;
  for (const { bytes } of changes) most = Math.max(most, (alive += bytes));
  return most;
}
