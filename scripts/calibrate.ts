/**
 * Fits the estimates of cycles, instructions and code bytes on kernels of ours, compiled by the cross compilers and run on the
 * simulated cores:
 *
 *     npm run calibrate [-- --targets rv32imc,… --networks lenet5,… --dtypes int8,f32 --write]
 *
 * Prints, by core and kind of engine, how far off whole networks are that were left out of the fit. What was run is kept in
 * build/calibrate, by the text of the C files. With --write the cores' files in `src/core/fits`, `src/truth/networks.ts` and
 * the rows that the tests check are written, those of other cores staying as they are.
 */
import { parseArgs } from "node:util";
import { CompileError } from "../src/error.ts";
import { errorOf, type Comparison } from "../src/truth/comparison.ts";
import { bundledNames } from "../test/support/models.ts";
import { mixedKinds, shownKinds } from "./calibrate/engines.ts";
import { grouped, leaveOut, wholeNetworks } from "./calibrate/fit.ts";
import { fitCore } from "./calibrate/fit-core.ts";
import { rowsOf, type Row } from "./calibrate/rows.ts";
import { bundledSubjects, syntheticSubjects, type Dtype, type Subject } from "./calibrate/subjects.ts";
import { targets, type CalibratedTarget } from "./calibrate/targets.ts";
import { writeFits, type Calibrated } from "./calibrate/write.ts";

const { values } = parseArgs({
  options: {
    targets: { type: "string", default: targets.map(({ device }) => device.id).join() },
    networks: { type: "string", default: bundledNames.join() },
    dtypes: { type: "string", default: "int8,f32" },
    write: { type: "boolean", default: false },
  },
});

function* subjects(): Generator<Subject> {
  for (const dtype of values.dtypes.split(",") as Dtype[]) {
    yield* syntheticSubjects(dtype);
    yield* bundledSubjects(dtype, values.networks.split(","));
  }
}

async function collect(target: CalibratedTarget): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const subject of subjects()) {
    const kindsOf = subject.isBundled ? shownKinds : mixedKinds;
    for (const kind of kindsOf(subject.prepared, target.priced))
      try {
        rows.push(...(await rowsOf(subject, kind, target, "build/calibrate")));
      } catch (error) {
        if (!(error instanceof CompileError)) throw error;
        console.error(`${target.device.id} ${subject.name} ${kind.name}: ${error.message}`);
      }
    console.error(`${target.device.id} ${subject.prepared.dtype} ${subject.name}: ${rows.length} rows`);
  }
  return rows;
}

function calibrate(target: CalibratedTarget, rows: readonly Row[]): Calibrated {
  const leftOut = bundledNames.flatMap((network) => leaveOut(rows, network, target.priced));
  const comparisons = wholeNetworks(leftOut);
  return { fit: fitCore(target, rows, leftOut), comparisons, rows };
}

function printErrors(comparisons: readonly Comparison[]): void {
  const engineOf = ({ core, program }: Comparison): string => `${core} ${program.replace(/^\S+ /, "")}`;
  for (const [engine, list] of grouped(comparisons, engineOf)) {
    const percent = (row: Comparison): number => 100 * errorOf(row);
    const mape = list.reduce((sum, row) => sum + Math.abs(percent(row)), 0) / list.length;
    const each = list.map((row) => `${row.program.split(" ")[0]!} ${percent(row).toFixed(1)}`);
    console.log(`${engine}: MAPE ${mape.toFixed(1)} % (${each.join(", ")})`);
  }
}

const calibrated: Calibrated[] = [];
for (const id of values.targets.split(",")) {
  const target = targets.find(({ device }) => device.id === id);
  if (!target)
    throw new Error(`--targets ${id}: one of ${targets.map(({ device }) => device.id).join(", ")}`);
  for (const [, rows] of grouped(await collect(target), ({ core }) => core))
    calibrated.push(calibrate(target, rows));
}
for (const { comparisons } of calibrated) printErrors(comparisons);
if (values.write) await writeFits(calibrated);
