/** Writes what was calibrated into the sources, leaving cores that were not calibrated this time as they are. */
import { writeFileSync } from "node:fs";
import type { CoreFit } from "../../src/core/coefficients.ts";
import { fits } from "../../src/core/fits/fits.ts";
import type { Comparison } from "../../src/truth/comparison.ts";
import { networks } from "../../src/truth/networks.ts";
import { printComparisons } from "../print-comparisons.ts";
import { printFit, printFits } from "./print-fit.ts";
import type { Row } from "./rows.ts";

export interface Calibrated {
  readonly fit: CoreFit;
  /** Whole inferences of networks left out of the fit. */
  readonly comparisons: readonly Comparison[];
  readonly rows: readonly Row[];
}

export async function writeFits(calibrated: readonly Calibrated[]): Promise<void> {
  const ours = new Set(calibrated.map(({ fit }) => fit.core));
  for (const { fit } of calibrated) writeFileSync(`src/core/fits/${fit.core}.ts`, printFit(fit));
  writeFileSync("src/core/fits/fits.ts", printFits([...new Set([...fits.keys(), ...ours])].sort()));
  const rows = [
    ...networks.rows.filter(({ core }) => !ours.has(core)),
    // Of an emulated core there are only instructions, and these rows are cycles.
    ...calibrated.flatMap(({ comparisons, rows: [first] }) =>
      first!.cycles === undefined ? [] : comparisons,
    ),
  ].sort((a, b) => (a.core + a.program < b.core + b.program ? -1 : 1));
  const compilers = new Set(
    [...fits.values(), ...calibrated.map(({ fit }) => fit)].map(({ compiler }) => compiler),
  );
  writeFileSync(
    "src/truth/networks.ts",
    await printComparisons("networks", { ...about([...compilers]), rows }),
  );
  for (const { fit, rows: own } of calibrated)
    writeFileSync(`test/core/rows/${fit.core}.json`, printSamples(own));
}

function about(compilers: readonly string[]): Omit<typeof networks, "rows"> {
  return {
    id: "networks",
    title: "Estimates without a compiler, of networks left out of their fit",
    metric: "cycles",
    truth: {
      how: "emulated",
      source: `pingpool simulate, one inference of the engine compiled by ${compilers.join("; ")}`,
    },
    found: {
      how: "estimated",
      source: "operations of the loops times coefficients fitted on all other networks' kernels",
    },
    writtenBy: "npm run calibrate -- --write",
    notes: [
      "Program: network, arithmetic, how its layers are computed; `chosen` is what --core chooses. Zero wait states.",
    ],
  };
}

/** Every so many rows one is kept for the tests, with what the fit must give again. */
const sampleEvery = 41;

function printSamples(rows: readonly Row[]): string {
  const kept = rows.filter((_, i) => i % sampleEvery === 0);
  const lines = kept.map(({ done, written, ...row }) =>
    JSON.stringify({ ...row, done: present(done), written: present(written) }),
  );
  return `[\n  ${lines.join(",\n  ")}\n]\n`;
}

const present = (counts: Row["done"]): Partial<Row["done"]> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
