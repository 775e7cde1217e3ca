/** Engines compiled by GCC and run on simulated cores, kernel by kernel; what was run once is recalled. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImage, compilerOf, type EngineFiles } from "../../src/bench/device/build.ts";
import type { Device } from "../../src/bench/device/list.ts";
import { buildSimulator, simulatorSources } from "../../src/bench/simulator.ts";
import { calibrationBuild } from "../../src/bench/device/calibration-build.ts";
import type { Chip } from "../../src/simulate/chip/chip.ts";
import type { SimulatedCore } from "../../src/simulate/core/core.ts";
import { readImage } from "../../src/simulate/image.ts";
import { simulate } from "../../src/simulate/simulate.ts";

/** Cores that run the same machine code, and where it runs. */
export interface Target {
  readonly device: Device;
  readonly chip: Chip;
  readonly cores: readonly SimulatedCore[];
}

export interface KernelRun {
  readonly cycles: number;
  readonly instructions: number;
}

export interface EngineRun {
  /** By the kernel's number. */
  readonly kernels: Readonly<Record<number, KernelRun>>;
  /** By function. */
  readonly codeBytes: Readonly<Record<string, number>>;
}

/** By core. Throws a `CompileError` where the engine does not fit or runs what is not modelled. */
export async function measureEngine(
  files: EngineFiles,
  target: Target,
  cache: string,
): Promise<ReadonlyMap<string, EngineRun>> {
  mkdirSync(cache, { recursive: true });
  const key = keyOf(files, target.device);
  const program = async (): Promise<Uint8Array> =>
    recalled(join(cache, `${key}.elf`), () => linked(files, target.device));
  const runs: [string, EngineRun][] = [];
  for (const core of target.cores) {
    const path = join(cache, `${key}-${core.id}-${simulatorKey(core)}.json`);
    const text = await recalled(path, async () =>
      new TextEncoder().encode(JSON.stringify(await runOn(await program(), core, target.chip))),
    );
    runs.push([core.id, JSON.parse(new TextDecoder().decode(text)) as EngineRun]);
  }
  return new Map(runs);
}

async function recalled(path: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  if (!existsSync(path)) writeFileSync(path, await make());
  return readFileSync(path);
}

/** Comments change no machine code. */
function keyOf(files: EngineFiles, device: Device): string {
  const texts = Object.entries(files).map(([name, text]) => [name, text.replace(/^\/\*[^]*?\*\//, "")]);
  return hashOf([texts, device.flags, calibrationBuild, compilerOf(device, calibrationBuild).version]);
}

/** What decides the cycles of a program: the simulator's sources, and the numbers of the core. */
function simulatorKey({ parameters, rules, set }: SimulatedCore): string {
  const sources = Object.entries(simulatorSources()).filter(
    ([name]) => /^machine/.test(name) || name.startsWith(set),
  );
  return hashOf([parameters, rules, sources]).slice(0, 8);
}

const hashOf = (about: unknown): string =>
  createHash("sha256").update(JSON.stringify(about)).digest("hex").slice(0, 24);

async function linked(files: EngineFiles, device: Device): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "pingpool-calibrate-"));
  try {
    const { path } = await buildImage({ files }, device, calibrationBuild, folder);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runOn(elf: Uint8Array, core: SimulatedCore, chip: Chip): Promise<EngineRun> {
  const image = readImage(elf, { fileName: "engine" });
  const simulator = await buildSimulator(core, chip.regions, true);
  const run = simulate(simulator, { core, regions: chip.regions, devices: chip.devices(core) }, image);
  const kernels = run.timing!.regions.filter(({ region }) => region < 1000);
  const functions = image.symbols.filter(({ kind, bytes }) => kind === "function" && bytes > 0);
  return {
    kernels: Object.fromEntries(
      kernels.map(({ region, cycles, instructions }) => [region, { cycles, instructions }]),
    ),
    codeBytes: Object.fromEntries(functions.map(({ name, bytes }) => [name, bytes])),
  };
}
