/**
 * A number and how it was obtained. No report prints a number without that word.
 *
 * - `counted`: exact, from the plan or the program.
 * - `estimated`: from what programs do and what alike ones took; `error` says how far off such figures have been.
 * - `emulated`: instructions or cycles on an emulator.
 * - `measured`: host time on this machine.
 * - `cited`: published elsewhere; `source` says where.
 */
export type Provenance = "counted" | "estimated" | "emulated" | "measured" | "cited";

/** What is measured. Sizes are bytes, times nanoseconds, accuracies fractions, ratios how many times faster. */
export type Metric =
  | "arenaBytes"
  | "floorBytes"
  | "scratchBytes"
  | "frameBytes"
  | "codeBytes"
  | "stackBytes"
  | "weightBytes"
  | "flashBytes"
  | "macs"
  | "operations"
  | "instructions"
  | "cycles"
  | "latencyNs"
  | "ratio"
  | "accuracy";

/** How far off estimates of this kind have been, of things that were left out of what they are made from; see `core/`. */
export interface ErrorBar {
  /** Nine in ten estimates were closer than this, in percent of the simulated value. */
  readonly withinPercent: number;
  readonly mapePercent: number;
  readonly worstPercent: number;
  /** What was estimated and then simulated: `42 engines of 6 networks`. */
  readonly over: string;
}

/** An estimate never goes without its error. */
export type Measurement = Measured &
  (
    | { readonly how: "estimated"; readonly error: ErrorBar }
    | { readonly how: Exclude<Provenance, "estimated">; readonly error?: undefined }
  );

/** Cycles as nanoseconds at a clock, with how they were obtained and their error. */
export function timeOf(cycles: Measurement, clockHz: number): Measurement {
  const { interval } = cycles;
  const ns = (value: number): number => (value / clockHz) * 1e9;
  return {
    ...cycles,
    metric: "latencyNs",
    value: ns(cycles.value),
    ...(interval ? { interval: { ...interval, low: ns(interval.low), high: ns(interval.high) } } : {}),
    source: `${cycles.value} cycles at ${clockHz} Hz; ${cycles.source}`,
  };
}

interface Measured {
  readonly metric: Metric;
  readonly value: number;
  /** The variant it belongs to: a strategy (`stream`), a schedule (`blocked`), or a foreign engine. */
  readonly variant: string;
  /** The `nn.Module` path, when it is of one layer. */
  readonly layer?: string;
  /** The core's id (`cortex-m4`), when it is of one core. */
  readonly core?: string;
  /** Interval around `value`, and what it is: `95 % bootstrap`. */
  readonly interval?: { readonly low: number; readonly high: number; readonly kind: string };
  /** Citation, tool version or method, in words a reader can follow. */
  readonly source: string;
}
