/**
 * Which distances two shapes must not have. Shape B at distance d from shape A (offset B − offset A) clashes if some
 * slot of each is taken at the same event and their bytes overlap, unless one overwrites the other in place.
 * Everything else about two shapes, their staircases included, is irrelevant to placing them: the searches see only
 * these sets.
 */
import type { Interval } from "../lifetimes.ts";
import type { Shape, Slot, Taken } from "./shape.ts";

/** The distances d with low < d < high. */
export interface Forbidden {
  readonly low: number;
  readonly high: number;
}

/** `table[a][b]`: the forbidden distances of shape b from shape a. */
export type Table = readonly (readonly (readonly Forbidden[])[])[];

/** Forbidden distances of `b` from `a`, ascending; intervals may touch (the distance between two is allowed). */
export function forbiddenDistances(a: Shape, b: Shape): readonly Forbidden[] {
  if (a.bytes === 0 || b.bytes === 0 || !overlap(hull(a), hull(b))) return [];
  const all: Forbidden[] = [];
  // Slots of two rings lie at few distances: each is looked at until it is known to clash.
  const clashing = new Set<number>();
  const width = 2 * (a.bytes + b.bytes) + 1;
  for (const slotA of a.slots) {
    for (const slotB of b.slots) {
      const same = slotA.start - slotB.start;
      const low = same - slotB.bytes;
      const high = same + slotA.bytes;
      const key = low * width + high;
      if (clashing.has(key)) continue;
      const meeting = meetingOf(slotA, slotB);
      if (meeting === "never") continue;
      if (meeting === "clash") clashing.add(key);
      if (meeting === "clash" || slotA.bytes !== slotB.bytes) all.push({ low, high });
      else all.push({ low, high: same }, { low: same, high });
    }
  }
  return merge(all);
}

/** The same pair seen from the other shape. */
export function mirrored(forbidden: readonly Forbidden[]): readonly Forbidden[] {
  return forbidden.map(({ low, high }) => ({ low: -high, high: -low })).reverse();
}

export function distanceTable(shapes: readonly Shape[]): Table {
  const table: (readonly Forbidden[])[][] = shapes.map(() => shapes.map(() => []));
  for (let a = 0; a < shapes.length; a++) {
    for (let b = a + 1; b < shapes.length; b++) {
      table[a]![b] = forbiddenDistances(shapes[a]!, shapes[b]!);
      table[b]![a] = mirrored(table[a]![b]!);
    }
  }
  return table;
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

const hulls = new WeakMap<Shape, Interval>();

/** From the first event at which any slot is taken to the last. */
export function hull(shape: Shape): Interval {
  const known = hulls.get(shape);
  if (known) return known;
  const ends = shape.slots.filter(({ taken }) => taken.length > 0);
  const found = {
    first: Math.min(...ends.map(({ taken }) => taken[0]!.first)),
    last: Math.max(...ends.map(({ taken }) => taken.at(-1)!.last)),
  };
  hulls.set(shape, found);
  return found;
}

export function overlap(a: Interval, b: Interval): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Whether a row may be overwritten by another at the event at which they meet. */
export function isOverwritten(x: Taken, y: Taken): boolean {
  return (x.last === y.first && y.over.includes(x.owner)) || (y.last === x.first && x.over.includes(y.owner));
}

/** Whether two slots are ever taken together and, if so, only while one overwrites the other. */
function meetingOf({ taken: a }: Slot, { taken: b }: Slot): "never" | "overwritten" | "clash" {
  let found: "never" | "overwritten" = "never";
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [x, y] = [a[i]!, b[j]!];
    if (overlap(x, y)) {
      if (!isOverwritten(x, y)) return "clash";
      found = "overwritten";
    }
    if (x.last < y.last) i++;
    else j++;
  }
  return found;
}
