/** Places shapes in as few bytes as it can: greedily, then exactly where the search is small enough. */
import { distanceTable } from "./differences.ts";
import { placeExactly } from "./exact.ts";
import { placeGreedily } from "./greedy.ts";
import { extent, type Offsets, type Shape } from "./shape.ts";

/** How hard to try, in nodes of the exact search; 0 is greedy only. */
export type Effort = number;

export interface Placement {
  readonly offsets: Offsets;
  readonly bytes: number;
  /** `fixed`: by the strategy's own rule. */
  readonly how: "fixed" | "exact" | "greedy";
  /** Nothing smaller exists. */
  readonly optimal: boolean;
}

/** Offsets for shapes that need at least `floor` bytes. */
export function place(shapes: readonly Shape[], floor: number, effort: Effort): Placement {
  const table = distanceTable(shapes);
  const greedy = placeGreedily(shapes, table, floor);
  const bytes = extent(shapes, greedy);
  if (bytes <= floor || effort === 0)
    return { offsets: greedy, bytes, how: "greedy", optimal: bytes <= floor };
  const { offsets, complete } = placeExactly(shapes, table, greedy, floor, effort);
  const found = extent(shapes, offsets);
  const optimal = complete || found <= floor;
  return { offsets, bytes: found, how: optimal ? "exact" : "greedy", optimal };
}
