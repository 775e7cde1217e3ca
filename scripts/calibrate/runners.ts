/** What compiled engines are run on: simulated cores, which know cycles, and QEMU, which counts instructions. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readElf } from "../../src/bench/device/elf.ts";
import { region as noKernel } from "../../src/bench/device/emulation.ts";
import type { Device } from "../../src/bench/device/list.ts";
import { emulateQemu } from "../../src/bench/device/qemu.ts";
import { emulatorName } from "../../src/bench/device/run.ts";
import { buildSimulator, simulatorSources } from "../../src/bench/simulator.ts";
import type { Chip } from "../../src/simulate/chip/chip.ts";
import type { SimulatedCore } from "../../src/simulate/core/core.ts";
import { readImage } from "../../src/simulate/image.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import { hashOf } from "../kept-image.ts";

export interface KernelRun {
  /** Undefined on an emulator. */
  readonly cycles?: number;
  readonly instructions: number;
}

export interface EngineRun {
  /** By the kernel's number. */
  readonly kernels: Readonly<Record<number, KernelRun>>;
  /** By function. */
  readonly codeBytes: Readonly<Record<string, number>>;
}

export interface Runner {
  /** The core's. */
  readonly id: string;
  /** Of what decides the outcome. */
  readonly key: string;
  /** Throws a `CompileError` where the program does not fit or runs what is not modelled. */
  readonly run: (elf: Uint8Array) => Promise<EngineRun>;
}

export function simulated(core: SimulatedCore, chip: Chip): Runner {
  const { parameters, rules, set } = core;
  const sources = Object.entries(simulatorSources()).filter(
    ([name]) => /^machine/.test(name) || name.startsWith(set),
  );
  const run = async (elf: Uint8Array): Promise<EngineRun> => {
    const image = readImage(elf, { fileName: "engine" });
    const simulator = await buildSimulator(core, chip.regions, true);
    const { timing } = simulate(
      simulator,
      { core, regions: chip.regions, devices: chip.devices(core) },
      image,
    );
    const kernels = timing!.regions.filter(({ region }) => region < noKernel.start);
    return {
      kernels: Object.fromEntries(
        kernels.map(({ region, cycles, instructions }) => [region, { cycles, instructions }]),
      ),
      codeBytes: codeBytesOf(elf),
    };
  };
  return { id: core.id, key: hashOf([parameters, rules, sources]).slice(0, 8), run };
}

/** Most seconds of an engine on QEMU. */
const timeoutSeconds = 120;

/** A core that is not simulated here: its instructions on QEMU. */
export function emulated(device: Device): Runner {
  const { emulator } = device;
  if (emulator.kind !== "qemu") throw new Error(`${device.name}: its instructions are counted on QEMU`);
  const run = async (elf: Uint8Array): Promise<EngineRun> => {
    const folder = mkdtempSync(join(tmpdir(), "pingpool-calibrate-"));
    try {
      const path = join(folder, "image.elf");
      writeFileSync(path, elf);
      const image = { path, elf: readElf(elf) };
      const { instructions } = await emulateQemu(emulator, image, folder, timeoutSeconds);
      const kernels = [...instructions].filter(([region]) => region < noKernel.start);
      return {
        kernels: Object.fromEntries(kernels.map(([region, count]) => [region, { instructions: count }])),
        codeBytes: codeBytesOf(elf),
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  return { id: device.id, key: hashOf(emulatorName(device)).slice(0, 8), run };
}

function codeBytesOf(elf: Uint8Array): EngineRun["codeBytes"] {
  const { symbols } = readImage(elf, { fileName: "engine" });
  const functions = symbols.filter(({ kind, bytes }) => kind === "function" && bytes > 0);
  return Object.fromEntries(functions.map(({ name, bytes }) => [name, bytes]));
}
