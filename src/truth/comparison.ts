/**
 * What cycles and instructions of ours were held against: programs whose true figure is known, beside what we found.
 *
 * The rows are data files of this room, each written by a script that ran the programs. Every error bar of the project is
 * computed from them, so that none can be better than what was compared.
 */
import type { Provenance } from "../measurement.ts";

/** One program on one core. */
export interface Comparison {
  /** The core's id, as `simulate --core` or `compile --core` takes it. */
  readonly core: string;
  /** `fc4row O2`, or a network's name. */
  readonly program: string;
  readonly truth: number;
  readonly found: number;
}

/** How one side of a comparison was obtained. */
export interface Origin {
  readonly how: Provenance;
  /** In words that complete «against …» and «found by …». */
  readonly source: string;
}

/** Programs that were compared in the same way. */
export interface Comparisons {
  /** `rtl` */
  readonly id: string;
  readonly title: string;
  readonly metric: "cycles" | "instructions";
  readonly truth: Origin;
  readonly found: Origin;
  /** The command that writes the rows. */
  readonly writtenBy: string;
  readonly rows: readonly Comparison[];
  /** What could not be compared and why; what was fitted on which rows. */
  readonly notes: readonly string[];
}

/** How far off we were, on so many programs: mean and worst absolute error in percent of the truth. */
export interface Accuracy {
  readonly against: string;
  readonly metric: Comparisons["metric"];
  readonly runs: number;
  readonly exact: number;
  readonly mapePercent: number;
  readonly worstPercent: number;
  /** The program that was worst. */
  readonly worst: string;
}

/** Rows as the data files hold them: core, program, truth, found. */
export function rowsOf(rows: readonly (readonly [string, string, number, number])[]): readonly Comparison[] {
  return rows.map(([core, program, truth, found]) => ({ core, program, truth, found }));
}

/** Found over truth, less one: 0.02 is two percent too many. */
export function errorOf({ truth, found }: Comparison): number {
  return found / truth - 1;
}

/** Undefined if the core has no rows. */
export function accuracyOf(
  { rows, truth, metric }: Pick<Comparisons, "rows" | "truth" | "metric">,
  core: string,
): Accuracy | undefined {
  const own = rows.filter((row) => row.core === core);
  const [first] = own;
  if (!first) return undefined;
  const size = (row: Comparison): number => Math.abs(errorOf(row));
  const worst = own.reduce((most, row) => (size(row) > size(most) ? row : most), first);
  return {
    against: truth.source,
    metric,
    runs: own.length,
    exact: own.filter((row) => row.found === row.truth).length,
    mapePercent: (100 * own.reduce((sum, row) => sum + size(row), 0)) / own.length,
    worstPercent: 100 * size(worst),
    worst: worst.program,
  };
}

/** `75 programs against its RTL: mean error 0.00 %, worst 0.00 %` */
export function accuracyWords({ runs, against, metric, mapePercent, worstPercent }: Accuracy): string {
  const what = metric === "cycles" ? "" : ` in ${metric}`;
  return (
    `${runs} program${runs === 1 ? "" : "s"} against ${against}: ` +
    `mean error${what} ${mapePercent.toFixed(2)} %, worst ${worstPercent.toFixed(2)} %`
  );
}
