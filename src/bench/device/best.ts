/** One inference on one board, built in several ways: the build that runs fewest instructions counts. */
import type { Compiled } from "../../compile.ts";
import { type Build, compilerOf, type DeviceProgram } from "./build.ts";
import { versionOf } from "./execute.ts";
import type { Device } from "./list.ts";
import { type DeviceRun, emulatorName, runOnDevice } from "./run.ts";

/** A program and the layer each of its kernels belongs to. */
export interface LayeredProgram extends DeviceProgram {
  readonly layers: readonly string[];
  /** An engine that is not ours may give other bytes, which are then told, not refused. */
  readonly foreign?: true;
}

/** What a board said of a program, in the best of its builds. */
export interface DeviceResult {
  readonly device: string;
  /** `arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205 -O3; QEMU emulator version 7.2.22` */
  readonly tools: string;
  readonly instructions: number;
  /** Where the emulator knows. */
  readonly cycles?: number;
  /** In the order of the program, from a marked build; what runs before the first kernel is in the first. */
  readonly layers: readonly { readonly layer: string; readonly instructions: number }[];
  /** Instructions of every build tried. */
  readonly builds: readonly { readonly build: string; readonly instructions: number }[];
  readonly codeBytes: number;
  readonly rodataBytes: number;
  /** Initialised and other memory of the engine: arena, state and a library's working memory. */
  readonly ramBytes: number;
  readonly stackBytes: number;
  /** What the self-test returned: 0, except of engines that are not ours. */
  readonly returned: number;
}

export const gccBuilds: readonly Build[] = [
  { compiler: "gcc", optimisation: "-O2" },
  { compiler: "gcc", optimisation: "-O3" },
];

export const clangBuilds: readonly Build[] = [
  { compiler: "clang", optimisation: "-O2" },
  { compiler: "clang", optimisation: "-O3" },
];

/** GCC's builds, and clang's where there is one for the device. */
export const allBuilds = ({ clangTarget }: Device): readonly Build[] =>
  clangTarget === undefined || versionOf("clang") === undefined ? gccBuilds : [...gccBuilds, ...clangBuilds];

export const layersOf = ({ program }: Compiled): readonly string[] =>
  program.kernels.map(({ layer }) => layer);

/** Runs every build, and the best once more for its layers. Throws an `Error` where bytes differ from the evaluator's. */
export async function bestOnDevice(
  program: LayeredProgram,
  device: Device,
  builds: readonly Build[],
): Promise<DeviceResult> {
  const runs: { readonly build: Build; readonly run: DeviceRun }[] = [];
  for (const build of builds) runs.push({ build, run: await passingRun(program, device, build) });
  const best = runs.reduce((least, one) => (one.run.instructions < least.run.instructions ? one : least));
  const marked = await passingRun(program, device, { ...best.build, marked: true });
  return {
    device: device.id,
    tools: `${compilerOf(device, best.build).version ?? ""} ${best.build.optimisation}; ${emulatorName(device)}`,
    instructions: best.run.instructions,
    ...(best.run.cycles !== undefined && { cycles: best.run.cycles }),
    layers: layerInstructions(program.layers, marked),
    builds: runs.map(({ build, run }) => ({ build: nameOf(build), instructions: run.instructions })),
    codeBytes: best.run.codeBytes,
    rodataBytes: best.run.rodataBytes,
    ramBytes: best.run.dataBytes + best.run.bssBytes + best.run.scratchBytes,
    stackBytes: best.run.stackBytes,
    returned: best.run.returned!,
  };
}

async function passingRun(program: LayeredProgram, device: Device, build: Build): Promise<DeviceRun> {
  const run = await runOnDevice(program, device, build);
  if (!run.passed && !(program.foreign && run.returned !== undefined))
    throw new Error(`${device.name}, ${nameOf(build)}: ${run.failure}`);
  return run;
}

const nameOf = ({ compiler, optimisation }: Build): string => `${compiler} ${optimisation}`;

function layerInstructions(layers: readonly string[], run: DeviceRun): DeviceResult["layers"] {
  const sums = new Map(layers.map((layer) => [layer, 0]));
  const add = (layer: string, instructions: number): void =>
    void sums.set(layer, (sums.get(layer) ?? 0) + instructions);
  add(layers[0]!, run.entryInstructions);
  for (const [kernel, instructions] of run.kernelInstructions) add(layers[kernel]!, instructions);
  return [...sums].map(([layer, instructions]) => ({ layer, instructions }));
}
