/** Places strips in as few bytes as it can: first as lowest rings, then with rings that turn together. */
import { distanceTable, forbiddenDistances, hull, mirrored, overlap, type Table } from "./differences.ts";
import { placeExactly } from "./exact.ts";
import { firstFit, placeGreedily } from "./greedy.ts";
import { extent, type Offsets, type Shape } from "./shape.ts";
import { lowestRing, shapeOf, type LaidOut, type Layout, type Strip } from "./strip.ts";
import { turnings } from "./turning.ts";

/** How hard to try. */
export interface Effort {
  /** Nodes of the exact search; 0 is greedy only. */
  readonly nodes: number;
  /** How many ways to let rings turn together are tried; with 0, all rings are the lowest. */
  readonly turnings: number;
  /** Whether they may be of one kind, at every speed. */
  readonly isThorough: boolean;
}

export interface Placement {
  /** By strip. */
  readonly offsets: Offsets;
  readonly layouts: readonly Layout[];
  readonly bytes: number;
  /** `fixed`: by the strategy's own rule. */
  readonly how: "fixed" | "exact" | "greedy";
  /** Nothing smaller exists. */
  readonly optimal: boolean;
}

/** So many ways to turn together, the best by first fit, are placed with care. */
const shortListed = 8;

/** Nodes of all searches for phases. */
const maxVisits = 200_000;

/** Offsets and layouts for strips that need at least `floor` bytes. */
export function place(strips: readonly Strip[], floor: number, effort: Effort): Placement {
  const lowest = strips.map((strip, number) => pieceOf([{ strip, number, layout: lowestRing(strip) }]));
  const plain = { pieces: lowest, table: distanceTable(lowest.map(({ shape }) => shape)) };
  let best = placePieces(plain, floor, effort.nodes);
  if (best.bytes > floor && effort.turnings > 0) {
    for (const candidate of shortList(plain, best.bytes, effort)) {
      best = smaller(best, placePieces(candidate, floor, effort.nodes / shortListed, quickOrders));
    }
  }
  return placementOf(best, floor);
}

/** Strips that are placed as one. */
interface Piece {
  readonly parts: readonly LaidOut[];
  readonly shape: Shape;
}

const pieceOf = (parts: readonly LaidOut[]): Piece => ({ parts, shape: shapeOf(parts) });

/** Pieces and the forbidden distances of their shapes. */
interface Pieces {
  readonly pieces: readonly Piece[];
  readonly table: Table;
}

interface Placed extends Pieces {
  readonly offsets: Offsets;
  readonly bytes: number;
  /** By an exhaustive search: no placement of these pieces needs fewer bytes. */
  readonly exact: boolean;
}

/** Of equals the first. That nothing smaller exists is known of the lowest rings only. */
function smaller(best: Placed, next: Placed): Placed {
  return next.bytes < best.bytes ? { ...next, exact: false } : best;
}

function placePieces(
  { pieces, table }: Pieces,
  floor: number,
  nodes: number,
  more: (shapes: readonly Shape[]) => readonly (readonly number[])[] = () => [],
): Placed {
  const shapes = pieces.map(({ shape }) => shape);
  const greedy = placeGreedily(shapes, table, floor, more(shapes));
  const bytes = extent(shapes, greedy);
  if (bytes <= floor || nodes === 0) {
    return { pieces, table, offsets: greedy, bytes, exact: false };
  }
  const { offsets, complete } = placeExactly(shapes, table, greedy, floor, nodes);
  return { pieces, table, offsets, bytes: extent(shapes, offsets), exact: complete };
}

function placementOf({ pieces, offsets, bytes, exact }: Placed, floor: number): Placement {
  const parts = pieces.flatMap((piece, p) => piece.parts.map((part) => ({ ...part, offset: offsets[p]! })));
  parts.sort((a, b) => a.number - b.number);
  return {
    offsets: parts.map(({ offset }) => offset),
    layouts: parts.map(({ layout }) => layout),
    bytes,
    how: exact ? "exact" : "greedy",
    optimal: exact || bytes <= floor,
  };
}

/** Ways to let rings turn together, the smallest by first fit in a few orders. */
function shortList(plain: Pieces, limit: number, effort: Effort): readonly Pieces[] {
  const { turnings: tries, isThorough } = effort;
  const strips = plain.pieces.map(({ parts }) => parts[0]!.strip);
  const sized = turnings(strips, {
    limit,
    visits: maxVisits,
    enough: tries,
    isThorough,
  })
    .slice(0, tries)
    .map((members) => {
      const candidate = withRegion(plain, members);
      const shapes = candidate.pieces.map(({ shape }) => shape);
      const sizes = quickOrders(shapes).map((order) =>
        extent(shapes, firstFit(shapes, candidate.table, order)),
      );
      return { candidate, bySize: Math.min(...sizes.slice(0, 2)), bytes: Math.min(...sizes) };
    });
  const best = (key: "bySize" | "bytes"): readonly (typeof sized)[number][] =>
    [...sized].sort((a, b) => a[key] - b[key]).slice(0, shortListed / 2);
  return [...new Set([...best("bySize"), ...best("bytes")])].map(({ candidate }) => candidate);
}

/**
 * The largest first, or the second largest; or first the largest of those that are there with the region, shape 0, then
 * what is there longest, or what takes the most bytes and events.
 */
function quickOrders(shapes: readonly Shape[]): readonly (readonly number[])[] {
  const hulls = shapes.map(hull);
  const spans = hulls.map(({ first, last }) => last - first + 1);
  const by = (key: (i: number) => number): readonly number[] =>
    shapes.map((_, i) => i).sort((a, b) => key(b) - key(a));
  const [largest, next, ...others] = by((i) => shapes[i]!.bytes);
  const bySize = next === undefined ? [largest!] : [largest!, next, ...others];
  const beside = bySize.find((i) => i !== 0 && overlap(hulls[i]!, hulls[0]!)) ?? 0;
  const besideFirst = (order: readonly number[]): readonly number[] => [
    beside,
    ...order.filter((i) => i !== beside),
  ];
  return [
    bySize,
    next === undefined ? bySize : [next, largest!, ...others],
    besideFirst(by((i) => spans[i]!)),
    besideFirst(by((i) => spans[i]! * shapes[i]!.bytes)),
  ];
}

/** The region as the first piece, and every other strip as it was; what is known of their distances is kept. */
function withRegion({ pieces, table }: Pieces, members: readonly LaidOut[]): Pieces {
  const isMember = new Set(members.map(({ number }) => number));
  const others = pieces.map((_, number) => number).filter((number) => !isMember.has(number));
  const region = pieceOf(members);
  const toOthers = others.map((b) => forbiddenDistances(region.shape, pieces[b]!.shape));
  return {
    pieces: [region, ...others.map((p) => pieces[p]!)],
    table: [
      [[], ...toOthers],
      ...others.map((a, i) => [mirrored(toOthers[i]!), ...others.map((b) => table[a]![b]!)]),
    ],
  };
}
