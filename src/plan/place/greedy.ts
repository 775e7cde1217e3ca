/** First fit: shapes are placed one after another, each at the lowest offset that clashes with none before it. */
import { hull, merge, type Table } from "./differences.ts";
import { alignUp, extent, type Offsets, type Shape } from "./shape.ts";

/** Rounds of moving one shape to the front of the line, at most. */
const maxRounds = 4;

/**
 * First fit in several orders (largest first, longest-lived first, as they come, and back, and `more`), then in the best of them
 * with one shape moved to the front for as long as that helps. Stops when `enough` bytes suffice.
 */
export function placeGreedily(
  shapes: readonly Shape[],
  table: Table,
  enough: number,
  more: readonly (readonly number[])[] = [],
): Offsets {
  const place = (order: readonly number[]): Attempt => {
    const offsets = firstFit(shapes, table, order);
    return { order, offsets, bytes: extent(shapes, offsets) };
  };
  let best = better([...startingOrders(shapes), ...more].map(place));
  for (let round = 0; round < maxRounds && best.bytes > enough; round++) {
    const { order } = best;
    const moved = better(order.map((shape) => place([shape, ...order.filter((other) => other !== shape)])));
    if (moved.bytes >= best.bytes) break;
    best = moved;
  }
  return best.offsets;
}

interface Attempt {
  readonly order: readonly number[];
  readonly offsets: Offsets;
  readonly bytes: number;
}

function better(attempts: readonly Attempt[]): Attempt {
  return attempts.reduce((a, b) => (b.bytes < a.bytes ? b : a));
}

function startingOrders(shapes: readonly Shape[]): readonly (readonly number[])[] {
  const asTheyCome = shapes.map((_, i) => i);
  const spans = shapes.map((shape) => hull(shape).last - hull(shape).first + 1);
  const bytes = shapes.map((shape) => shape.bytes);
  const by = (key: (i: number) => number): readonly number[] =>
    [...asTheyCome].sort((a, b) => key(b) - key(a));
  return [
    by((i) => bytes[i]!),
    by((i) => spans[i]!),
    by((i) => bytes[i]! * spans[i]!),
    asTheyCome,
    [...asTheyCome].reverse(),
  ];
}

export function firstFit(shapes: readonly Shape[], table: Table, order: readonly number[]): Offsets {
  const offsets: number[] = [];
  const placed: number[] = [];
  for (const b of order) {
    const taken = placed.flatMap((a) =>
      table[a]![b]!.map(({ low, high }) => ({ low: low + offsets[a]!, high: high + offsets[a]! })),
    );
    let offset = 0;
    for (const { low, high } of merge(taken)) {
      if (low < offset && offset < high) offset = alignUp(high, shapes[b]!.alignment);
    }
    offsets[b] = offset;
    placed.push(b);
  }
  return offsets;
}
