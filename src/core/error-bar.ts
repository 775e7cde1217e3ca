/** How far off estimates of a core have been: what every figure carries. */
import type { ErrorBar } from "../measurement.ts";
import { errorOf, type Comparison } from "../truth/comparison.ts";
import { networks } from "../truth/networks.ts";

/** @param errors Relative: 0.02 is two percent too many; at least one. */
export function errorBar(errors: readonly number[], over: string): ErrorBar {
  const sizes = errors.map((error) => 100 * Math.abs(error)).sort((a, b) => a - b);
  const rounded = (x: number): number => Number(x.toFixed(1));
  return {
    withinPercent: rounded(sizes[Math.ceil(0.9 * sizes.length) - 1]!),
    mapePercent: rounded(sizes.reduce((sum, size) => sum + size, 0) / sizes.length),
    worstPercent: rounded(sizes.at(-1)!),
    over,
  };
}

/** Of whole inferences on a simulated core; undefined where none was left out of the fit and estimated. */
export function errorOfNetworks(core: string): ErrorBar | undefined {
  const rows = networks.rows.filter((row) => row.core === core);
  return rows.length === 0 ? undefined : errorBar(rows.map(errorOf), overWords(rows));
}

const networkOf = ({ program }: Comparison): string => program.split(" ")[0]!;

const overWords = (rows: readonly Comparison[]): string =>
  `${rows.length} engines of ${new Set(rows.map(networkOf)).size} networks`;

/** `leave-one-network-out MAPE 2.9 %, worst 6.1 %, 42 engines of 6 networks` */
export function errorWords({ mapePercent, worstPercent, over }: ErrorBar): string {
  return `leave-one-network-out MAPE ${mapePercent} %, worst ${worstPercent} %, ${over}`;
}
