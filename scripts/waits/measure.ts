/** Engines compiled by GCC and run on a simulated chip, once as it is and once as if its memories answered at once. */
import { join } from "node:path";
import { printC } from "../../src/backend/c.ts";
import { devices, type Device } from "../../src/bench/device/list.ts";
import type { sampleOf } from "../../src/bench/sample.ts";
import { buildSimulator, simulatorSources } from "../../src/bench/simulator.ts";
import type { Compiled } from "../../src/compile.ts";
import type { TimedCost } from "../../src/core/estimate.ts";
import { shareKernels } from "../../src/backend/c-shared.ts";
import type { Chip } from "../../src/simulate/chip/chip.ts";
import type { SimulatedCore } from "../../src/simulate/core/core.ts";
import { readImage, type Image } from "../../src/simulate/image.ts";
import { ram, type MemoryRegion } from "../../src/simulate/region.ts";
import type { InstructionCount } from "../../src/simulate/simulation.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import { arenaRegion } from "../../src/wait/regions.ts";
import { flashOf } from "../../src/wait/waits.ts";
import { hashOf, keptImage, recalledJson } from "../kept-image.ts";

/** One inference from empty caches. */
export interface ChipRun {
  /** As the chip is. */
  readonly cycles: number;
  /** As if no memory waited: of all of it, and of each kernel. */
  readonly cyclesAtOnce: number;
  readonly kernels: readonly TimedCost[];
  /** Bytes of an instruction, the mean of those executed. */
  readonly instructionBytes: number;
}

/** @throws CompileError where the engine does not fit or runs what is not modelled. */
export async function runOnChip(
  { program, plan }: Compiled,
  sample: ReturnType<typeof sampleOf>,
  chip: Chip,
  core: SimulatedCore,
  cache: string,
): Promise<ChipRun> {
  const about = { toolVersion: "", commandLine: "check-waits", modelSha256: "", plan: "", schedule: "" };
  const { files } = printC(program, { ...about, sample });
  const device = deviceOf(chip, core, plan.arenaBytes);
  const { key, elf } = keptImage(files, device, cache);
  const path = join(cache, `${key}-${hashOf([core, chip.regions, simulatorSources()])}.json`);
  return recalledJson(path, async () => {
    const image = readImage(await elf(), { fileName: `${key}.elf` });
    return bothRuns(image, program, chip, core);
  });
}

/** The board's compiler flags with the chip's addresses; stack enough for any engine of ours. */
function deviceOf(chip: Chip, core: SimulatedCore, arenaBytes: number): Device {
  const isArm = core.set === "arm";
  const device = devices.find(({ id }) => id === (isArm ? core.id : "rv32imc"))!;
  return {
    ...device,
    id: chip.id,
    name: chip.name,
    flags: [...device.flags, ...(isArm ? [] : ["-DDEVICE_SEMIHOSTING"])],
    symbols: {
      ...device.symbols,
      device_code: flashOf(chip).address,
      device_data: arenaRegion(chip, arenaBytes)!.address,
      device_stack_bytes: 0x800,
    },
  };
}

async function bothRuns(
  image: Image,
  program: Compiled["program"],
  chip: Chip,
  core: SimulatedCore,
): Promise<ChipRun> {
  const run = async (regions: readonly MemoryRegion[]) => {
    const simulator = await buildSimulator(core, regions, true);
    const found = simulate(simulator, { core, regions, devices: chip.devices(core) }, image);
    if (found.ending.kind !== "exit" || found.ending.code !== 0)
      throw new Error(`${chip.id}: ${new TextDecoder().decode(found.console)}`);
    return found.timing!;
  };
  const atOnce = await run(chip.regions.map(({ name, address, bytes }) => ram(name, address, bytes)));
  const waiting = await run(chip.regions);
  const total = ({ regions }: typeof atOnce): number => regions.reduce((sum, { cycles }) => sum + cycles, 0);
  const { served } = shareKernels(program);
  const kernels = program.kernels.map((_, index) => {
    const { cycles, instructions } = atOnce.regions.find(({ region }) => region === index)!;
    const leader = program.kernels[served.get(index)?.leader ?? index]!;
    const named = image.symbols.find(({ name }) => name === `${program.name}_${leader.name}`);
    return { cycles, instructions, codeBytes: named?.bytes ?? 0 };
  });
  return {
    cycles: total(waiting),
    cyclesAtOnce: total(atOnce),
    kernels,
    instructionBytes: meanBytes(atOnce.counts),
  };
}

function meanBytes(counts: readonly InstructionCount[]): number {
  const sum = (of: (count: InstructionCount) => number): number =>
    counts.reduce((all, count) => all + of(count), 0);
  return sum(({ bytes, executed }) => bytes * executed) / sum(({ executed }) => executed);
}
