/**
 * Holds estimated waits for flash against simulated chips: compiles the engine that `pingpool boards` names for each bundled
 * network on each chip, runs it there and as if no memory waited, and walks its loops for the same waits:
 *
 *     node dist/scripts/check-waits.js [--int8 lenet5,… --f32 lenet5,… --write]
 *
 * Needs the cross compilers. Prints a row an engine. What was run is kept in build/waits, by the text of the C files. With
 * --write the rows go to `src/truth/waits.ts`, and the bytes of an instruction to `src/wait/instruction-bytes.ts`.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { sampleOf } from "../src/bench/sample.ts";
import { fitBoards } from "../src/cli/board-fit.ts";
import { table } from "../src/cli/table.ts";
import { prepare, type Compiled } from "../src/compile.ts";
import type { Core } from "../src/core/core.ts";
import { CompileError } from "../src/error.ts";
import type { Chip } from "../src/simulate/chip/chip.ts";
import { findSimulatedCore } from "../src/simulate/core/cores.ts";
import { errorOf, type Comparison } from "../src/truth/comparison.ts";
import { waits as compared } from "../src/truth/waits.ts";
import { waitProgram, waitsOf } from "../src/wait/waits.ts";
import { bundledNames, readModel, type ModelName } from "../test/support/models.ts";
import { printComparisons } from "./print-comparisons.ts";
import { runOnChip, type ChipRun } from "./waits/measure.ts";

const { values } = parseArgs({
  options: {
    int8: { type: "string", default: bundledNames.join() },
    f32: { type: "string", default: "lenet5,cifar_testnet,dscnn" },
    write: { type: "boolean", default: false },
  },
});

interface Run {
  readonly compiled: Compiled;
  readonly chip: Chip;
  readonly core: Core;
  readonly run: ChipRun;
  readonly dtype: "int8" | "f32";
  readonly program: string;
}

async function runsOf(name: ModelName, dtype: "int8" | "f32"): Promise<readonly Run[]> {
  const { graph, calibration } = readModel(name);
  const prepared = prepare(graph, dtype, calibration);
  const sample = sampleOf(prepared.graph, calibration[0]!);
  const runs: Run[] = [];
  for (const { chip, core, engine } of fitBoards(prepared, { strategy: "stream", frame: "pushed" })) {
    if (!core || !engine) continue;
    const { compiled } = engine;
    const program = waitProgram(name, dtype, chip);
    try {
      const run = await runOnChip(compiled, sample, chip, findSimulatedCore(core.simulatedAs), "build/waits");
      runs.push({ compiled, chip, core, run, dtype, program });
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      console.error(`${program}: ${error.message}`);
    }
  }
  console.error(`${dtype} ${name}: ${runs.length} engines`);
  return runs;
}

/** Bytes of an instruction on each core, three digits. */
function meanBytes(runs: readonly Run[]): Readonly<Record<string, number>> {
  const cores = [...new Set(runs.map(({ core }) => core.simulatedAs))].sort();
  return Object.fromEntries(
    cores.map((core) => {
      const own = runs.filter((one) => one.core.simulatedAs === core);
      const mean = own.reduce((sum, { run }) => sum + run.instructionBytes, 0) / own.length;
      return [core, Number(mean.toPrecision(3))];
    }),
  );
}

function compare({ compiled, chip, core, run, program }: Run, bytes: number): Comparison {
  const { code, constants } = waitsOf(compiled.program, run.kernels, chip, core, bytes);
  return { core: core.simulatedAs, program, truth: run.cycles, found: run.cyclesAtOnce + code + constants };
}

const runs: Run[] = [];
for (const dtype of ["int8", "f32"] as const)
  for (const name of values[dtype].split(",").filter(Boolean) as ModelName[])
    runs.push(...(await runsOf(name, dtype)));
const ofType = (dtype: string): readonly Run[] => runs.filter((one) => one.dtype === dtype);
const bytes = { int8: meanBytes(ofType("int8")), f32: meanBytes(ofType("f32")) };
const rows = runs.map((one) => compare(one, bytes[one.dtype][one.core.simulatedAs]!));
const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
console.log(
  table([
    ["core", "engine", "simulated", "of it waiting", "estimated", "error"],
    ...rows.map((row, i) => [
      row.core,
      row.program,
      String(row.truth),
      percent(1 - runs[i]!.run.cyclesAtOnce / row.truth),
      String(row.found),
      percent(errorOf(row)),
    ]),
  ]),
);
if (values.write) {
  writeFileSync("src/truth/waits.ts", await printComparisons("waits", { ...compared, rows }));
  writeFileSync("src/wait/instruction-bytes.ts", await printBytes());
}

function printBytes(): Promise<string> {
  const text = `/** Written by \`node dist/scripts/check-waits.js --write\`. */

/** Bytes of an instruction by type and core, the mean of all that the simulated engines of \`truth/waits.ts\` executed. */
export const instructionBytes: Readonly<Record<string, Readonly<Record<string, number>>>> = ${JSON.stringify(bytes)};
`;
  return format(text, { parser: "typescript", printWidth: 110 });
}
