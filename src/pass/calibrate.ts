/** The range of every tensor by which to quantise it. */
import type { Observation, Observations, Range } from "./observe.ts";

/** By tensor name. */
export type Ranges = ReadonlyMap<string, Range>;

export const rangeMethods = ["min-max", "percentile", "mse"] as const;

/**
 * `min-max`: every value met, TensorFlow Lite's default. `percentile`: all but one value in 10,000 at either end.
 * `mse`: where rounding and clipping together cost least, by squared error.
 */
export type RangeMethod = (typeof rangeMethods)[number];

export function calibrate(observations: Observations, method: RangeMethod = "min-max"): Ranges {
  return new Map([...observations].map(([tensor, seen]) => [tensor, rangeBy(method, seen)]));
}

export function rangeBy(method: RangeMethod, seen: Observation): Range {
  const range = seen.range();
  switch (method) {
    case "min-max":
      return range;
    case "percentile":
      return percentile(seen, range);
    case "mse":
      return leastError(seen, range);
  }
}

const clippedPart = 1e-4;

function percentile({ histogram }: Observation, { min, max }: Range): Range {
  return {
    min: Math.max(min, Math.min(histogram.quantile(clippedPart), 0)),
    max: Math.min(max, Math.max(histogram.quantile(1 - clippedPart), 0)),
  };
}

/** How far either end may be drawn in, in parts of it. */
const shares = Array.from({ length: 41 }, (_, i) => 1 - i / 50);

/** First the end that reaches further, then the other one. */
function leastError({ histogram }: Observation, range: Range): Range {
  const min = Math.min(range.min, 0);
  const max = Math.max(range.max, 0);
  const drawMax = (from: Range): Range =>
    leastBy(
      shares.map((share) => ({ ...from, max: max * share })),
      errorOf,
    );
  const drawMin = (from: Range): Range =>
    leastBy(
      shares.map((share) => ({ ...from, min: min * share })),
      errorOf,
    );
  const errorOf = (tried: Range): number => histogram.squaredError(tried.min, tried.max);
  return max >= -min ? drawMin(drawMax({ min, max })) : drawMax(drawMin({ min, max }));
}

function leastBy<Item>(items: readonly Item[], cost: (item: Item) => number): Item {
  const costs = items.map(cost);
  return items[costs.indexOf(Math.min(...costs))]!;
}
