/**
 * Order statistics and a seeded bootstrap, for samples of time: no mean is taken anywhere, because one interruption of
 * the machine moves a mean by tens of per cent and an order statistic hardly at all.
 */

/** The `q`-quantile of samples in any order, linear between neighbours (Hyndman and Fan's type 7). */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = Float64Array.from(samples).sort();
  return sortedQuantile(sorted, q);
}

function sortedQuantile(sorted: Float64Array, q: number): number {
  if (sorted.length === 0) throw new Error("quantile of no samples");
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * 95 % percentile-bootstrap interval of the `q`-quantile (Efron 1979): the same samples and seed give the same interval.
 * Width says how well the samples agree with each other, not that the machine was quiet.
 */
export function bootstrapInterval(
  samples: readonly number[],
  q: number,
  seed: number,
  resamples = 1000,
): Interval {
  const random = mulberry32(seed);
  const source = Float64Array.from(samples);
  const drawn = new Float64Array(source.length);
  const estimates: number[] = [];
  for (let i = 0; i < resamples; i++) {
    for (let j = 0; j < drawn.length; j++) drawn[j] = source[Math.floor(random() * source.length)]!;
    estimates.push(sortedQuantile(drawn.sort(), q));
  }
  return { low: quantile(estimates, 0.025), high: quantile(estimates, 0.975) };
}

/** Uniform in [0, 1), 32 bits of state; Tommy Ettinger's mulberry32, public domain. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
