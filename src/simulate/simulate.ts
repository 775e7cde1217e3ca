/**
 * Runs a program on a compiled simulator: maps memory, copies the program in, answers devices and semihosting, and
 * turns whatever ended the run into a result or a sentence.
 */
import { CompileError } from "../error.ts";
import type { SimulatedCore } from "./core/core.ts";
import type { Board, Device } from "./device.ts";
import type { SimulatorExports } from "./exports.ts";
import { stops } from "./exports.ts";
import type { Image } from "./image.ts";
import { loadProgram } from "./map.ts";
import { readTiming } from "./profile.ts";
import { markFunctions, markRegions } from "./regions.ts";
import { refusal } from "./refusal.ts";
import type { MemoryRegion } from "./region.ts";
import { semihosting } from "./semihosting.ts";
import type { SemihostingHost } from "./semihosting.ts";
import type { Ending, Simulation } from "./simulation.ts";
import { startProgram } from "./start.ts";

/** A core with what lies around it. */
export interface System {
  readonly core: SimulatedCore;
  readonly regions: readonly MemoryRegion[];
  readonly devices: readonly Device[];
}

export interface RunOptions {
  /** Where to begin; otherwise the image's entry, then where the core begins after reset. */
  readonly entry?: number | undefined;
  /** Most instructions to run; 2^52 by default. */
  readonly budget?: number | undefined;
  /** Called with each byte of the console as it is written. */
  readonly onConsole?: ((byte: number) => void) | undefined;
}

/** Whether `module` was compiled to count cycles. */
export interface Simulator {
  readonly module: WebAssembly.Module;
  readonly timed: boolean;
}

/** Throws a `CompileError` that names the instruction, address or register for whatever is not modelled. */
export function simulate(
  simulator: Simulator,
  system: System,
  image: Image,
  options: RunOptions = {},
): Simulation {
  const { core } = system;
  if (image.set !== undefined && image.set !== core.set)
    throw new CompileError(`the program is for ${image.set}, the core ${core.id} is ${core.set}`);
  const console: number[] = [];
  let exitCode = 0;
  const board: Board = {
    write: (byte) => {
      console.push(byte);
      options.onConsole?.(byte);
    },
    exit: (code) => {
      exitCode = code;
      exported.refuse(stops.indexOf("exit"), 0, 0);
    },
    cycles: () => exported.cycleCount(),
  };
  const spare = spareMemory(system.regions, image);
  const files = { spare, place: { next: 0 } };
  const exported = instantiate(simulator.module, system.devices, { ...board, ...files });
  loadProgram(exported, system.regions, image);
  markRegions(exported, image.marks);
  markFunctions(exported, image.symbols);
  const entry = startProgram(exported, system, image, options.entry);
  exported.jumpTo(entry);
  exported.beginCalls(entry);
  const stop = runInSlices(exported, options.budget ?? 2 ** 52);
  const ending = endingOf(stop, exitCode, exported);
  if (ending === undefined) throw new CompileError(refusal(stop, exported, core, image.symbols));
  return {
    core: core.id,
    ending,
    console: Uint8Array.from(console),
    instructions: Number(exported.instructionCount()),
    timing: simulator.timed ? readTiming(exported, system.regions) : undefined,
  };
}

/** A Wasm engine swaps in its optimised code only when a function is called anew. */
function runInSlices(exported: SimulatorExports, budget: number): (typeof stops)[number] {
  for (let slice = 2 ** 16; ; slice = Math.min(slice * 2, 2 ** 26)) {
    const until = Math.min(Number(exported.instructionCount()) + slice, budget);
    const stop = stops[exported.run(BigInt(until))]!;
    if (stop !== "budget" || until === budget) return stop;
    exported.resume();
  }
}

function endingOf(
  stop: (typeof stops)[number],
  exitCode: number,
  exported: SimulatorExports,
): Ending | undefined {
  const address = exported.programCounter() >>> 0;
  if (stop === "exit") return { kind: "exit", code: exitCode };
  return stop === "idle" || stop === "budget" ? { kind: stop, address } : undefined;
}

/** The longest run of RAM above what the program's file and its symbols fill; nothing where there is no RAM. */
function spareMemory(regions: readonly MemoryRegion[], image: Image): SemihostingHost["spare"] {
  const ends = [
    ...image.segments.map(({ address, bytes }) => address + bytes.length),
    ...image.symbols.map(({ address, bytes }) => address + bytes),
  ];
  const runs = regions
    .filter(({ kind }) => kind === "ram")
    .map(({ address, bytes }) => {
      const inside = ends.filter((end) => end > address && end <= address + bytes);
      return { from: ((Math.max(address, ...inside) + 7) & ~7) >>> 0, to: address + bytes };
    });
  const longest = Math.max(0, ...runs.map(({ from, to }) => to - from));
  return runs.find(({ from, to }) => to - from === longest) ?? { from: 0, to: 0 };
}

function instantiate(
  module: WebAssembly.Module,
  devices: readonly Device[],
  board: Board & Pick<SemihostingHost, "spare" | "place">,
): SimulatorExports {
  const deviceAt = (address: number): Device | undefined =>
    devices.find((device) => address >= device.address && address < device.address + device.bytes);
  const host = {
    deviceLoad: (at: number, bytes: number): number => {
      const address = at >>> 0;
      const device = deviceAt(address);
      const value = device?.load(address - device.address, bytes, board);
      if (value === undefined) exported.refuse(stops.indexOf("load"), address, bytes);
      return value ?? 0;
    },
    deviceStore: (at: number, bytes: number, value: number): void => {
      const address = at >>> 0;
      const device = deviceAt(address);
      if (!device?.store(address - device.address, bytes, value, board))
        exported.refuse(stops.indexOf("store"), address, bytes);
    },
    semihosting: (operation: number, argument: number): number => {
      const memory = { peek: exported.peek, poke: exported.poke };
      const result = semihosting(operation, argument, { ...board, ...memory });
      if (result === undefined) exported.refuse(stops.indexOf("semihosting"), 0, operation);
      return result ?? 0;
    },
  };
  const instance = new WebAssembly.Instance(module, { host, env: { abort: unreachable } });
  const exported = instance.exports as unknown as SimulatorExports;
  return exported;
}

function unreachable(): never {
  throw new Error("the simulator failed an assertion");
}
