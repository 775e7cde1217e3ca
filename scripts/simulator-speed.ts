/**
 * How fast the simulator is beside QEMU and rp2040js: the same engine, many inferences, instructions a second of CPU
 * time, medians of several rounds that take turns.
 *
 *     node dist/scripts/simulator-speed.js [--model models/cifar_testnet.pt] [--rounds 5]
 *
 * The engine of each core is the one that `pingpool compile --core` chooses. QEMU's start is taken off by running the
 * program with one repetition and with many; the simulator's modules are compiled and warm; rp2040js is stepped as
 * `pingpool emulate` does it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { EngineFiles, Image } from "../src/bench/device/build.ts";
import { buildImage } from "../src/bench/device/build.ts";
import { versionOf } from "../src/bench/device/execute.ts";
import type { Device } from "../src/bench/device/list.ts";
import { devices, parts } from "../src/bench/device/list.ts";
import { emulateRp2040 } from "../src/bench/device/rp2040.ts";
import { describeEnvironment, packageVersion } from "../src/bench/environment.ts";
import { buildSimulator } from "../src/bench/simulator.ts";
import { quantile } from "../src/bench/statistics.ts";
import { table } from "../src/cli/table.ts";
import type { Chip } from "../src/simulate/chip/chip.ts";
import { mps2 } from "../src/simulate/chip/mps2.ts";
import { virt } from "../src/simulate/chip/virt.ts";
import { findSimulatedCore } from "../src/simulate/core/cores.ts";
import { readImage } from "../src/simulate/image.ts";
import type { Simulator } from "../src/simulate/simulate.ts";
import { simulate } from "../src/simulate/simulate.ts";

interface Contender {
  readonly device: Device;
  /** The core that `pingpool compile` chooses for, and the one that is simulated. */
  readonly pricedAs: string;
  readonly core: string;
  readonly chip: Chip;
  /** Self-tests: enough for about a second. */
  readonly repetitions: number;
}

const deviceOf = (id: string): Device => [...devices, ...parts].find((device) => device.id === id)!;
const contenders: readonly Contender[] = [
  {
    device: deviceOf("cortex-m0plus"),
    pricedAs: "cortex-m0plus",
    core: "cortex-m0plus",
    chip: mps2,
    repetitions: 6,
  },
  { device: deviceOf("cortex-m4"), pricedAs: "cortex-m4", core: "cortex-m4", chip: mps2, repetitions: 20 },
  { device: deviceOf("rv32imc"), pricedAs: "hazard3", core: "hazard3-rp2350", chip: virt, repetitions: 8 },
];
const rp2040Instructions = 10e6;

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "models/cifar_testnet.pt" },
    rounds: { type: "string", default: "5" },
  },
});
const rounds = Number(values.rounds);
const median = (samples: readonly number[]): number => quantile(samples, 0.5);
const cli = join(dirname(fileURLToPath(import.meta.url)), "..", "src", "cli.js");

/** The engine's C files; its self-test, where it runs `repetitions` times. */
function engine(pricedAs: string, folder: string): (repetitions: number) => EngineFiles {
  const run = spawnSync(
    process.execPath,
    [cli, "compile", values.model, "--core", pricedAs, "--out", folder],
    {
      encoding: "utf8",
    },
  );
  if (run.status !== 0) throw new Error(run.stderr);
  const files = Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
  const selfTest = Object.keys(files).find((name) => name.endsWith("_selftest.c"))!;
  const name = selfTest.slice(0, -".c".length);
  return (repetitions) => ({ ...files, [selfTest]: repeated(files[selfTest]!, name, repetitions) });
}

function repeated(text: string, name: string, repetitions: number): string {
  return `#define ${name} ${name}_once
${text}
#undef ${name}
int ${name}(void);
int ${name}(void)
{
    for (int i = 0; i < ${repetitions}; ++i) {
        const int failure = ${name}_once();
        if (failure) return failure;
    }
    return 0;
}
`;
}

/** CPU seconds of `work` in this process, its helper threads included. */
function cpuSeconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** CPU seconds of QEMU, as the shell's `times` tells them: its second line is of its children. */
function qemuSeconds({ emulator }: Device, path: string): number {
  if (emulator.kind !== "qemu") throw new Error("not a board of QEMU's");
  const command = [emulator.command, ...emulator.machine, "-nographic", "-monitor", "none", "-kernel", path];
  const script = `"$@" >/dev/null 2>&1; times`;
  const { stdout } = spawnSync("bash", ["-c", script, "qemu", ...command], { encoding: "utf8" });
  const times = [...stdout.split("\n")[1]!.matchAll(/(\d+)m([\d.]+)s/g)];
  return times.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}

interface Row {
  readonly name: string;
  readonly perSelfTest: number;
  readonly rates: Rates;
}
type Rates = Readonly<Record<"timed" | "untimed" | "qemu" | "rp2040js", number[]>>;

async function measure(contender: Contender): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), "pingpool-speed-"));
  try {
    return await measureIn(folder, contender);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureIn(folder: string, contender: Contender): Promise<Row> {
  const { device, core: coreId, chip, repetitions } = contender;
  const files = engine(contender.pricedAs, join(folder, "engine"));
  const imageOf = (board: Device, count: number): Promise<Image> => {
    const place = mkdtempSync(join(folder, "image-"));
    return buildImage({ files: files(count) }, board, { compiler: "gcc", optimisation: "-O2" }, place);
  };
  const [once, many] = [await imageOf(device, 1), await imageOf(device, repetitions)];
  const rp2040 = coreId === "cortex-m0plus" ? await imageOf(deviceOf("rp2040"), repetitions) : undefined;
  const core = findSimulatedCore(coreId);
  const system = { core, regions: chip.regions, devices: chip.devices(core) };
  const timed = await buildSimulator(core, chip.regions, true);
  const untimed = await buildSimulator(core, chip.regions, false);
  const run = (simulator: Simulator, { path }: Image): number =>
    simulate(simulator, system, readImage(readFileSync(path), { fileName: path })).instructions;
  run(timed, many); // warms its code up, as the next line does
  const instructions = run(untimed, many);
  const more = instructions - run(untimed, once);
  const rates: Rates = { timed: [], untimed: [], qemu: [], rp2040js: [] };
  for (let round = 0; round < rounds; round++) {
    rates.timed.push(instructions / cpuSeconds(() => run(timed, many)));
    rates.untimed.push(instructions / cpuSeconds(() => run(untimed, many)));
    rates.qemu.push(more / (qemuSeconds(device, many.path) - qemuSeconds(device, once.path)));
    if (rp2040)
      rates.rp2040js.push(rp2040Instructions / cpuSeconds(() => emulateRp2040(rp2040, rp2040Instructions)));
  }
  return { name: `${device.name} (${coreId})`, perSelfTest: more / (repetitions - 1), rates };
}

const millions = (rates: readonly number[]): string =>
  rates.length === 0
    ? "-"
    : `${(median(rates) / 1e6).toFixed(0)} (${(Math.min(...rates) / 1e6).toFixed(0)} to ${(Math.max(...rates) / 1e6).toFixed(0)})`;

const rows: Row[] = [];
for (const contender of contenders) rows.push(await measure(contender));
const columns = ["timed", "untimed", "qemu", "rp2040js"] as const;
console.log(
  `Million instructions a second of CPU time (measured; median of ${rounds} rounds, lowest to highest)`,
);
console.log(
  `${values.model}, GCC -O2; ${versionOf("qemu-system-arm")}; rp2040js ${packageVersion("rp2040js")}`,
);
console.log(`${describeEnvironment()}\n`);
console.log(
  table([
    ["core", "simulator, timed", "untimed", "QEMU", "rp2040js", "M instructions a self-test"],
    ...rows.map(({ name, perSelfTest, rates }) => [
      name,
      ...columns.map((column) => millions(rates[column])),
      (perSelfTest / 1e6).toFixed(1),
    ]),
  ]),
);
