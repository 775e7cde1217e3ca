import type { Metric } from "../measurement.ts";

/**
 * Numbers for people. The exact value always goes into a `title` beside it.
 *
 * Nothing here asks the locale: same number, same text. `groupDigits`, `shorten`, `formatTime` and `formatValue` also run in the page
 * (see client/script.ts), so they use no names but each other's.
 */

/** `11264` is `11,264`. */
export function groupDigits(value: number): string {
  const [whole, fraction] = String(value).split(".");
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Three significant digits and a thousands' letter from 10,000 on: `3.42 M`. Below that the number itself. */
export function shorten(value: number): string {
  const size = Math.abs(value);
  if (size < 9999.5) return groupDigits(Number.isInteger(value) ? value : Number(value.toPrecision(3)));
  for (const [unit, letter] of [
    [1e3, "k"],
    [1e6, "M"],
    [1e9, "G"],
  ] as const) {
    if (size < unit * 999.5) {
      const digits = size / unit < 9.995 ? 2 : size / unit < 99.95 ? 1 : 0;
      return `${(value / unit).toFixed(digits)} ${letter}`;
    }
  }
  return value.toExponential(2);
}

/** Nanoseconds with the unit that leaves one to three digits before the point. */
export function formatTime(ns: number): string {
  const size = Math.abs(ns);
  if (size < 999.5) return `${Number(ns.toPrecision(3))} ns`;
  if (size < 999.5e3) return `${(ns / 1e3).toPrecision(3)} µs`;
  if (size < 999.5e6) return `${(ns / 1e6).toPrecision(3)} ms`;
  return `${(ns / 1e9).toPrecision(3)} s`;
}

export function formatValue(metric: Metric, value: number): string {
  if (!Number.isFinite(value)) return "not a number";
  switch (metric) {
    case "arenaBytes":
    case "floorBytes":
    case "scratchBytes":
    case "frameBytes":
    case "codeBytes":
    case "stackBytes":
    case "weightBytes":
    case "flashBytes":
      return `${groupDigits(value)} B`;
    case "macs":
    case "operations":
    case "instructions":
    case "cycles":
      return shorten(value);
    case "latencyNs":
      return formatTime(value);
    case "ratio":
      return Math.abs(value) < 9.995 ? `${value.toFixed(2)}×` : `${value.toFixed(1)}×`;
    case "accuracy":
      return `${(value * 100).toFixed(2)} %`;
  }
}

/** The number as it was measured, with its unit: `11264 bytes`. */
export function exactValue(metric: Metric, value: number): string {
  const unit = exactUnit[metric];
  return unit === "" ? String(value) : `${value} ${unit}`;
}

const exactUnit: Readonly<Record<Metric, string>> = {
  arenaBytes: "bytes",
  floorBytes: "bytes",
  scratchBytes: "bytes",
  frameBytes: "bytes",
  codeBytes: "bytes",
  stackBytes: "bytes",
  weightBytes: "bytes",
  flashBytes: "bytes",
  macs: "multiply-accumulates",
  operations: "operations",
  instructions: "instructions",
  cycles: "cycles",
  latencyNs: "ns",
  ratio: "times",
  accuracy: "of 1",
};

/** How a metric heads a column. */
export const metricTitle: Readonly<Record<Metric, string>> = {
  arenaBytes: "RAM",
  floorBytes: "Floor",
  scratchBytes: "Scratch",
  frameBytes: "Frame held by the caller",
  codeBytes: "Code",
  stackBytes: "Stack",
  weightBytes: "Weights",
  flashBytes: "Flash",
  macs: "MACs",
  operations: "Operations",
  instructions: "Instructions",
  cycles: "Cycles",
  latencyNs: "Time",
  ratio: "Host ratio",
  accuracy: "Accuracy",
};

/** `84000000` is `84 MHz`. */
export function formatClock(hz: number): string {
  return `${Number((hz / 1e6).toPrecision(4))} MHz`;
}

/** `[0, 1, 2, 5]` is `0–2, 5`. The numbers must ascend. */
export function formatRuns(rows: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last && last[1] + 1 === row) last[1] = row;
    else runs.push([row, row]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(", ");
}
