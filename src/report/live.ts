import type { Life } from "../plan/plan.ts";

/**
 * What is alive when. These functions also run in the page (see client/script.ts): the server draws the first state with the same code
 * that the slider uses, so they use no names but each other's.
 */

/** Owners in the order in which they first appear; an owner's place in it is its colour. */
export function ownersOf(lives: readonly Life[]): string[] {
  return [...new Set([...lives].sort((a, b) => a.first - b.first).map((life) => life.owner))];
}

/** Bytes alive at each of `events` events. */
export function liveBytes(lives: readonly Life[], events: number): number[] {
  const bytes = new Array<number>(events).fill(0);
  for (const life of lives) {
    for (let event = life.first; event <= life.last && event < events; event++) bytes[event]! += life.bytes;
  }
  return bytes;
}

/** What one owner has alive at one event. */
export interface LiveGroup {
  readonly owner: string;
  readonly kind: Life["kind"];
  /** Ascending. */
  readonly rows: readonly number[];
  readonly bytes: number;
}

export function liveGroups(lives: readonly Life[], event: number): LiveGroup[] {
  const groups = new Map<string, { owner: string; kind: Life["kind"]; rows: number[]; bytes: number }>();
  for (const life of lives) {
    if (life.first > event || life.last < event) continue;
    const key = `${life.kind} ${life.owner}`;
    const group = groups.get(key) ?? { owner: life.owner, kind: life.kind, rows: [], bytes: 0 };
    groups.set(key, group);
    group.rows.push(life.row);
    group.bytes += life.bytes;
  }
  for (const group of groups.values()) group.rows.sort((a, b) => a - b);
  return [...groups.values()];
}

/** What the bytes of a rectangle are; rows go by their numbers as well. */
export function kindName(kind: Life["kind"]): string {
  return { row: "rows", scratch: "scratch", accumulators: "sums", resident: "constants" }[kind];
}

/** One rectangle in words, for its tooltip and for screen readers. */
export function describeLife(life: Life): string {
  const what =
    life.kind === "row" ? `${life.owner}, row ${life.row}` : `${kindName(life.kind)} of ${life.owner}`;
  const end = life.offset + life.bytes - 1;
  return `${what}: addresses ${life.offset} to ${end} (${life.bytes} B), events ${life.first} to ${life.last}`;
}
