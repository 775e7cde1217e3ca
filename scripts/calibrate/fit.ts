/** Coefficients by core and family, and how far off whole networks are that were left out of the fit. */
import { costOf, type Coefficients, type FamilyFit } from "../../src/core/coefficients.ts";
import type { Core } from "../../src/core/core.ts";
import { operations, type Counts } from "../../src/loop/operation.ts";
import type { Comparison } from "../../src/truth/comparison.ts";
import { fitCoefficients } from "./least-squares.ts";
import type { Row } from "./rows.ts";

/** How strongly coefficients are drawn to the manual's prices. */
const pull = 1e-4;

export function fitFamily(rows: readonly Row[], priced: Core): FamilyFit {
  const coefficients = fitTruth(rows, priced);
  const errors = rows.map((row) => 100 * Math.abs(errorOn(row, coefficients)));
  const sized = rows.filter(({ codeBytes }) => codeBytes !== undefined);
  return {
    kernels: rows.length,
    mapePercent: rounded(sum(errors) / errors.length),
    worstPercent: rounded(Math.max(...errors)),
    ...(rows[0]!.cycles !== undefined && { cycles: coefficients }),
    instructions: fitCounts(
      rows.map(({ done }) => done),
      rows.map(({ instructions }) => instructions),
      priced,
    ),
    codeBytes: fitCounts(
      sized.map(({ written }) => written),
      sized.map(({ codeBytes }) => codeBytes!),
      undefined,
    ),
  };
}

/** What estimates are held against: cycles, or instructions where they are all there is. */
export const truthOf = ({ cycles, instructions }: Row): number => cycles ?? instructions;

const fitTruth = (rows: readonly Row[], priced: Core): Coefficients =>
  fitCounts(
    rows.map(({ done }) => done),
    rows.map(truthOf),
    priced,
  );

/** Estimated over true, less one. */
const errorOn = (row: Row, coefficients: Coefficients): number =>
  costOf(row.done, coefficients) / truthOf(row) - 1;

/** Bytes of an operation in code, before anything is known: an instruction and a half. */
const bytesBefore = 6;

function fitCounts(
  samples: readonly Counts[],
  targets: readonly number[],
  priced: Core | undefined,
): Coefficients {
  const names = operations.filter((name) => samples.some((counts) => counts[name] > 0));
  const found = fitCoefficients(
    samples.map((counts) => names.map((name) => counts[name])),
    targets,
    names.map((name) => priced?.prices[name].cycles ?? bytesBefore),
    pull,
  );
  return Object.fromEntries(names.map((name, i) => [name, rounded(found[i]!)]));
}

const rounded = (x: number): number => Number(x.toPrecision(4));
const sum = (list: readonly number[]): number => list.reduce((total, x) => total + x, 0);

/** Rows by something of theirs. */
export function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row)) ?? [];
    group.push(row);
    groups.set(keyOf(row), group);
  }
  return groups;
}

/** Kernels of a bundled network beside what was fitted on all other networks; undefined where no other has the family. */
export interface LeftOut {
  readonly row: Row;
  readonly found: number | undefined;
}

export function leaveOut(rows: readonly Row[], network: string, priced: Core): readonly LeftOut[] {
  const others = grouped(
    rows.filter((row) => row.network !== network),
    ({ family }) => family,
  );
  const own = grouped(
    rows.filter((row) => row.network === network),
    ({ family }) => family,
  );
  return [...own].flatMap(([family, kernels]) => {
    const samples = others.get(family);
    const coefficients = samples && fitTruth(samples, priced);
    return kernels.map((row) => ({ row, found: coefficients && costOf(row.done, coefficients) }));
  });
}

/** Whole inferences of a network that was left out; those with a family that no other network has are left out. */
export function wholeNetworks(leftOut: readonly LeftOut[]): readonly Comparison[] {
  const engines = grouped(leftOut, ({ row }) => `${row.network} ${row.dtype} ${row.engine}`);
  return [...engines].flatMap(([program, kernels]) => {
    if (kernels.some(({ found }) => found === undefined)) return [];
    const truth = sum(kernels.map(({ row }) => truthOf(row)));
    const found = Math.round(sum(kernels.map((kernel) => kernel.found!)));
    return [{ core: kernels[0]!.row.core, program, truth, found }];
  });
}
