/**
 * From engines to `Measurement`s of host time, each with the words that keep a reader from believing too much of it.
 */
import type { Measurement } from "../measurement.ts";
import { packageVersion } from "./environment.ts";
import type { Engine } from "./engine.ts";
import { comparePair, timeOne, type PairOptions, type PairResult, type Side } from "./pair.ts";
import { silent, type Progress } from "./progress.ts";

/** A variant of the report and the engine that runs it. */
export interface MeasuredVariant {
  readonly variant: string;
  readonly engine: Engine;
}

export interface MeasureOptions extends PairOptions {
  readonly progress?: Progress;
}

/** The inference of the frame loaded last: what is timed is the network alone, not the copies in and out. */
export function sideOf(engine: Engine): Side {
  return { name: engine.name, run: engine.invoke };
}

/** `latencyNs` of each variant alone, in order. */
export async function measureLatencies(
  variants: readonly MeasuredVariant[],
  options: MeasureOptions = {},
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { variant, engine } of variants) {
    (options.progress ?? silent).step(`timing ${engine.name}`);
    const { ns, low, high, batches } = await timeOne(sideOf(engine), options);
    measurements.push({
      metric: "latencyNs",
      value: ns,
      how: "measured",
      variant,
      interval: { low, high, kind: intervalKind },
      source: hostSource(`${batches} batches`),
    });
  }
  return measurements;
}

/**
 * `ratio` (how many times faster than the baseline, interleaved with it) and `latencyNs` of each variant. The baseline
 * itself gets no entry; a variant that is the baseline's engine would measure the bench's own error.
 */
export async function measureRatios(
  baseline: MeasuredVariant,
  variants: readonly MeasuredVariant[],
  options: MeasureOptions = {},
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { variant, engine } of variants) {
    (options.progress ?? silent).step(`timing ${engine.name} against ${baseline.engine.name}`);
    const pair = await comparePair(sideOf(baseline.engine), sideOf(engine), options);
    measurements.push(...pairMeasurements(variant, baseline.variant, pair));
  }
  return measurements;
}

/** `ratio` and `latencyNs` of the second side of a pair. */
export function pairMeasurements(variant: string, baseline: string, pair: PairResult): Measurement[] {
  const { ratio, low, high, bNs, blocks } = pair;
  const source = hostSource(`${blocks} ABBA blocks against ${baseline}`);
  return [
    {
      metric: "ratio",
      value: ratio,
      how: "measured",
      variant,
      interval: { low, high, kind: intervalKind },
      source,
    },
    { metric: "latencyNs", value: bNs, how: "measured", variant, source },
  ];
}

const intervalKind = "95 % bootstrap";

/** `Wasm in Node v20.20.2, tinybench 6.2.3, 40 ABBA blocks, 25th percentile; host only, …` */
export function hostSource(samples: string): string {
  const tinybench = `tinybench ${packageVersion("tinybench") ?? "of unknown version"}`;
  return (
    `Wasm in Node ${process.version}, ${tinybench}, ${samples}, 25th percentile of times, median of ratios; ` +
    "host only, says little about a microcontroller"
  );
}
