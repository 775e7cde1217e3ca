/**
 * A number and how it was obtained. No report prints a number without that word.
 *
 * - `counted`: exact, from the plan or the program.
 * - `estimated`: a core's cycle model.
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

export interface Measurement {
  readonly metric: Metric;
  readonly value: number;
  readonly how: Provenance;
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
