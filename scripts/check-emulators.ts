/**
 * Holds the simulator against emulators, on engines built as `pingpool emulate` builds them (GCC -O2):
 *
 *     node dist/scripts/check-emulators.js [--write]
 *
 * Instructions of one inference on every simulated core that QEMU runs, and cycles of Cortex-M0+ on rp2040js. `--write`
 * writes the rows to `src/truth/qemu.ts` and `src/truth/rp2040js.ts`; otherwise they must be those of these files. Ends with
 * "N passed, N failed".
 */
import { writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { EngineFiles } from "../src/bench/device/build.ts";
import { devices, parts, type Device } from "../src/bench/device/list.ts";
import { emulateProgram, inferenceTotal, type Emulated } from "../src/bench/device/run.ts";
import { simulateImage, simulatedCoresOf } from "../src/bench/device/simulated.ts";
import { chooseEngine } from "../src/cli/choices.ts";
import { printEngine } from "../src/cli/compile.ts";
import { table } from "../src/cli/table.ts";
import { accuracyOf, type Comparison, type Comparisons } from "../src/truth/comparison.ts";
import { qemu } from "../src/truth/qemu.ts";
import { rp2040js } from "../src/truth/rp2040js.ts";
import { printComparisons } from "./print-comparisons.ts";

const write = process.argv.includes("--write");
interface Way {
  readonly name: string;
  readonly model: string;
  /** As `--core` chooses, or without. */
  readonly chosen: boolean;
}

const dscnn = { name: "DS-CNN", model: "models/dscnn.pt" };
const lenet = { name: "LeNet-5", model: "models/lenet5.pt" };
/** One way of DS-CNN on QEMU's many cores keeps this under two minutes. */
const counted: readonly Way[] = [
  { ...lenet, chosen: false },
  { ...lenet, chosen: true },
  { ...dscnn, chosen: true },
];
const timed: readonly Way[] = [...counted, { ...dscnn, chosen: false }];
let passed = 0;
let failed = 0;

function note(isRight: boolean, words: string): void {
  if (isRight) passed += 1;
  else {
    failed += 1;
    console.log(`FAIL  ${words}`);
  }
}

const engines = new Map<string, EngineFiles>();

/** The C files that `pingpool compile MODEL [--core CORE]` writes. */
function engine(model: string, core: string | undefined): EngineFiles {
  const key = `${model} ${core ?? ""}`;
  const known = engines.get(key);
  if (known) return known;
  const typed = { files: [model], values: core === undefined ? {} : { core }, flags: new Set<never>() };
  const { files } = printEngine(chooseEngine(typed, "emulate"), "");
  engines.set(key, files);
  return files;
}

interface Built extends Emulated {
  readonly device: Device;
  readonly program: string;
}

/** The networks, where said as chosen for the device's core. */
async function* builtFor(device: Device, ways: readonly Way[]): AsyncGenerator<Built> {
  for (const { name, model, chosen } of ways) {
    const core = chosen ? device.pricedAs : undefined;
    const option = core === undefined ? "" : ` --core ${core}`;
    const program = `${name}${option}, for ${device.name}`;
    const build = { compiler: "gcc", optimisation: "-O2" } as const;
    yield { device, program, ...(await emulateProgram({ files: engine(model, core) }, device, build)) };
  }
}

/** One inference on a simulated core, which must print what the emulator's does. */
async function compare(
  { device, program, file, emulation }: Built,
  core: string,
  metric: Comparisons["metric"],
): Promise<Comparison> {
  const run = await simulateImage(file, device.id, core, true);
  const says = new TextDecoder().decode(run.console);
  note(says === emulation.console, `${core} ${program} prints ${says} instead of ${emulation.console}`);
  const found = new Map(run.timing!.regions.map((counted) => [counted.region, counted[metric]]));
  const truth = emulation[metric]!;
  return { core, program, truth: inferenceTotal(truth), found: inferenceTotal(found) };
}

async function compareAll(
  boards: readonly Device[],
  ways: readonly Way[],
  metric: Comparisons["metric"],
): Promise<readonly Comparison[]> {
  const rows: Comparison[] = [];
  for (const device of boards)
    for await (const built of builtFor(device, ways))
      for (const core of simulatedCoresOf(device.id)) rows.push(await compare(built, core, metric));
  return rows;
}

async function finish(name: string, known: Comparisons, rows: readonly Comparison[]): Promise<void> {
  const found = { ...known, rows };
  const cores = [...new Set(rows.map(({ core }) => core))];
  const lines = cores.map((core) => {
    const { runs, exact, mapePercent, worstPercent } = accuracyOf(found, core)!;
    return [core, runs, exact, `${mapePercent.toFixed(3)} %`, `${worstPercent.toFixed(3)} %`].map(String);
  });
  console.log(`${known.title}\n${table([["core", "programs", "exact", "MAPE", "worst"], ...lines])}`);
  const path = `src/truth/${name}.ts`;
  if (write) writeFileSync(path, await printComparisons(name, found));
  else note(isDeepStrictEqual(known.rows, rows), `${path}: its rows are not these: run with --write`);
}

const rp2040 = parts.filter(({ id }) => id === "rp2040");
await finish("rp2040js", rp2040js, await compareAll(rp2040, timed, "cycles"));
const simulated = devices.filter(({ id }) => simulatedCoresOf(id).length > 0);
await finish("qemu", qemu, await compareAll(simulated, counted, "instructions"));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
