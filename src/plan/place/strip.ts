/** What is placed before it has a shape: rows that come and go, and the ways to lay them out. */
import type { Interval } from "../lifetimes.ts";
import type { Shape, Slot, Taken } from "./shape.ts";

/** The rows of a tensor; a node's scratch or accumulators are a strip of one row. */
export interface Strip {
  readonly rowBytes: number;
  /** By row: when it is alive, in order and disjoint. */
  readonly rows: readonly (readonly Interval[])[];
  /** Of its lowest ring. */
  readonly height: number;
  /** Offsets of rows must be multiples of it. */
  readonly alignment: number;
  /** Numbers of the strips whose row r row r may overwrite. */
  readonly over: readonly number[];
  /** How fast rows come: how many there are for each row of the first graph input. */
  readonly pace: number;
  /** Whether it may be laid out in any other way than as its lowest ring. */
  readonly mayTurn: boolean;
}

/** Row r lies `pitch` × ((r × step + phase) mod rows) bytes behind the offset. */
export interface Layout {
  readonly rows: number;
  readonly pitch: number;
  readonly step: number;
  readonly phase: number;
}

/** The ring that takes the fewest bytes. */
export function lowestRing({ height, rowBytes }: Strip): Layout {
  return { rows: height, pitch: rowBytes, step: 1, phase: 0 };
}

export function slotOf({ rows, step, phase }: Layout, row: number): number {
  return (row * step + phase) % rows;
}

/** A strip laid out, and its number. */
export interface LaidOut {
  readonly strip: Strip;
  readonly number: number;
  readonly layout: Layout;
}

/** Some strips at one offset as one shape; their slots may be the same bytes at different times. */
export function shapeOf(parts: readonly LaidOut[]): Shape {
  const slots = parts.flatMap((part) => slotsOf(part));
  return {
    bytes: Math.max(...parts.map(({ layout }) => layout.rows * layout.pitch)),
    slots: slots.filter((slot) => slot.taken.length > 0),
    alignment: Math.max(...parts.map(({ strip }) => strip.alignment)),
  };
}

function slotsOf({ strip, number, layout }: LaidOut): readonly Slot[] {
  const taken = Array.from({ length: layout.rows }, (): Taken[] => []);
  takenBy(strip, number).forEach((lives, row) => taken[slotOf(layout, row)]!.push(...lives));
  return taken.map((lives, slot) => ({
    start: slot * layout.pitch,
    bytes: strip.rowBytes,
    taken: lives.sort((a, b) => a.first - b.first),
  }));
}

/** The same strip is laid out in hundreds of ways. */
const known = new WeakMap<Strip, readonly (readonly Taken[])[]>();

function takenBy(strip: Strip, number: number): readonly (readonly Taken[])[] {
  const taken =
    known.get(strip) ??
    strip.rows.map((alive) => alive.map((life) => ({ ...life, owner: number, over: strip.over })));
  known.set(strip, taken);
  return taken;
}

/** Whether a ring laid out like this never has two rows alive in one slot: rows alive together are less than `height` apart. */
export function isSound({ height }: Strip, { rows, step }: Layout): boolean {
  for (let apart = 1; apart < height; apart++) if ((apart * step) % rows === 0) return false;
  return true;
}
