/**
 * Which distances two shapes must not have. Shape B at distance d from shape A (offset B − offset A) clashes if some
 * slot of each is taken at the same event and their bytes overlap, unless one may take the other's bytes over.
 * Everything else about two shapes, their staircases included, is irrelevant to placing them: the searches see only
 * these sets.
 */
import type { Interval } from "../lifetimes.ts";
import { shapeBytes, type Shape } from "./shape.ts";

/** The distances d with low < d < high. */
export interface Forbidden {
  readonly low: number;
  readonly high: number;
}

/** Who may take whose slots over, of two shapes. */
export type TakeOver = "none" | "a from b" | "b from a";

/** Forbidden distances of `b` from `a`, ascending; intervals may touch (the distance between two is allowed). */
export function forbiddenDistances(a: Shape, b: Shape, takeOver: TakeOver = "none"): readonly Forbidden[] {
  if (!overlap(hull(a), hull(b)) || shapeBytes(a) === 0 || shapeBytes(b) === 0) return [];
  const all: Forbidden[] = [];
  a.slots.forEach((slotA, i) => {
    b.slots.forEach((slotB, j) => {
      const meeting = meetingOf(slotA, slotB, takeOver);
      if (meeting === "never") return;
      const same = i * a.slotBytes - j * b.slotBytes;
      const low = same - b.slotBytes;
      const high = same + a.slotBytes;
      if (meeting === "clash") all.push({ low, high });
      else all.push({ low, high: same }, { low: same, high });
    });
  });
  return merge(all);
}

/** The same pair seen from the other shape. */
export function mirrored(forbidden: readonly Forbidden[]): readonly Forbidden[] {
  return forbidden.map(({ low, high }) => ({ low: -high, high: -low })).reverse();
}

/** `table[a][b]`: the forbidden distances of shape b from shape a. */
export function distanceTable(shapes: readonly Shape[]): readonly (readonly (readonly Forbidden[])[])[] {
  const table: (readonly Forbidden[])[][] = shapes.map(() => shapes.map(() => []));
  for (let a = 0; a < shapes.length; a++) {
    for (let b = a + 1; b < shapes.length; b++) {
      table[a]![b] = forbiddenDistances(shapes[a]!, shapes[b]!, takeOverOf(shapes, a, b));
      table[b]![a] = mirrored(table[a]![b]!);
    }
  }
  return table;
}

function takeOverOf(shapes: readonly Shape[], a: number, b: number): TakeOver {
  if (shapes[b]!.takesOver?.includes(a)) return "b from a";
  return shapes[a]!.takesOver?.includes(b) ? "a from b" : "none";
}

/** Unites open intervals of integers. */
export function merge(intervals: readonly Forbidden[]): readonly Forbidden[] {
  const sorted = [...intervals].sort((x, y) => x.low - y.low);
  const merged: Forbidden[] = [];
  for (const next of sorted) {
    const previous = merged.at(-1);
    if (previous && next.low < previous.high) {
      merged[merged.length - 1] = { low: previous.low, high: Math.max(previous.high, next.high) };
    } else {
      merged.push(next);
    }
  }
  return merged;
}

function hull(shape: Shape): Interval {
  const ends = shape.slots.filter((slot) => slot.length > 0);
  return {
    first: Math.min(...ends.map((slot) => slot[0]!.first)),
    last: Math.max(...ends.map((slot) => slot.at(-1)!.last)),
  };
}

function overlap(a: Interval, b: Interval): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Whether two slots are ever taken together and, if so, only while one takes the other over. */
function meetingOf(
  a: readonly Interval[],
  b: readonly Interval[],
  takeOver: TakeOver,
): "never" | "taken over" | "clash" {
  let found: "never" | "taken over" = "never";
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [x, y] = [a[i]!, b[j]!];
    if (overlap(x, y)) {
      const isHandover =
        (takeOver === "b from a" && x.last === y.first) || (takeOver === "a from b" && y.last === x.first);
      if (!isHandover) return "clash";
      found = "taken over";
    }
    if (x.last < y.last) i++;
    else j++;
  }
  return found;
}
