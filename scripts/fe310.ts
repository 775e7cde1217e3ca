/**
 * Why the paper's LeNet-5 gives 0.26 frames a second on an FE310 at 352 MHz (arXiv 2007.01348): runs our float engine,
 * written as the paper writes its own, on the simulated chip, and says where the cycles of a frame go.
 *
 *     node dist/scripts/fe310.js [-O2|-Os|...]
 *
 * Needs riscv64-unknown-elf-gcc. Prints a table: one row for each clock of the serial flash, and one as if it were RAM.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { buildImage } from "../src/bench/device/build.ts";
import type { Build } from "../src/bench/device/build.ts";
import { devices } from "../src/bench/device/list.ts";
import type { Device } from "../src/bench/device/list.ts";
import { buildSimulator } from "../src/bench/simulator.ts";
import { grouped, table } from "../src/cli/table.ts";
import { analyse } from "../src/simulate/analyse.ts";
import type { Chip } from "../src/simulate/chip/chip.ts";
import { fe310Reset, fe310Slow } from "../src/simulate/chip/fe310.ts";
import { findSimulatedCore } from "../src/simulate/core/cores.ts";
import { readImage } from "../src/simulate/image.ts";
import { ram } from "../src/simulate/region.ts";
import { simulate } from "../src/simulate/simulate.ts";
import { paper, paperCycles } from "./fe310-measured.ts";

const optimisation = (process.argv[2] ?? "-O2") as Build["optimisation"];
/** The region that `devices/main.c` counts an inference in. */
const whole = 1000;

const rv32 = devices.find(({ id }) => id === "rv32imc")!;
const board: Device = {
  ...rv32,
  id: "fe310",
  name: "FE310",
  flags: ["-march=rv32imac", "-mabi=ilp32", "-mcmodel=medany", "-DDEVICE_SEMIHOSTING"],
  linkFlags: ["-march=rv32imac", "-mabi=ilp32", "-mcmodel=medany", "-nostartfiles"],
  symbols: {
    device_code: 0x20400000,
    device_data: 0x80000000,
    device_entry: "device_start",
    device_stack_bytes: 0x1000,
  },
};
/** The same with all memory as fast as the core: what the arithmetic alone takes. */
const fast: Chip = {
  ...fe310Reset,
  id: "fe310, memory at once",
  regions: fe310Reset.regions.map(({ name, address, bytes }) => ram(name, address, bytes)),
};

const folder = mkdtempSync(join(tmpdir(), "pingpool-fe310-"));
try {
  const cli = ["dist/src/cli.js", "compile", "models/lenet5.pt"];
  const options = ["--dtype", "f32", "--plan", "paper", "--schedule", "plain", "--out", folder];
  execFileSync(process.execPath, [...cli, ...options], { stdio: ["ignore", "ignore", "inherit"] });
  const names = readdirSync(folder).filter((name) => /\.[ch]$/.test(name));
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  const { path } = await buildImage({ files }, board, { compiler: "gcc", optimisation }, folder);
  const elf = readFileSync(path);
  const rows = [];
  for (const chip of [fast, fe310Reset, fe310Slow]) rows.push(await frame(elf, chip));
  const head = [
    "chip",
    "M cycles a frame",
    "frames/s at 352 MHz",
    "own work",
    "code",
    "data",
    "hottest readers",
  ];
  console.log(table([head, ...rows]));
  console.log(`the paper: ${paper.framesPerSecond} frames/s, ${grouped(paperCycles / 1e6)} M cycles a frame`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A row of the table: the recorded frame's inference on a chip, after one that filled the cache. */
async function frame(elf: Uint8Array, chip: Chip): Promise<string[]> {
  const core = findSimulatedCore("e31");
  const simulator = await buildSimulator(core, chip.regions, true);
  const image = readImage(elf, { fileName: "image.elf" });
  const system = { core, regions: chip.regions, devices: chip.devices(core) };
  const { timing, ending, console: printed } = simulate(simulator, system, image);
  if (ending.kind !== "exit" || ending.code !== 0) throw new Error(new TextDecoder().decode(printed));
  const { regions, functions, cycles } = analyse(timing!, image.symbols, image.marks);
  const inference = regions.find(({ region }) => region === whole)!;
  const all = Object.values(cycles).reduce((sum, one) => sum + one, 0);
  const percent = (part: number): string => `${((100 * part) / all).toFixed(1)} %`;
  const readers = [...functions].sort((a, b) => b.cycles.data - a.cycles.data).slice(0, 4);
  return [
    chip.id,
    (inference.cycles / 1e6).toFixed(0),
    (paper.clockHz / inference.cycles).toFixed(2),
    percent(all - cycles.fetch - cycles.data),
    percent(cycles.fetch),
    percent(cycles.data),
    readers.map(({ name, cycles: { data } }) => `${name} ${percent(data)}`).join(", "),
  ];
}
