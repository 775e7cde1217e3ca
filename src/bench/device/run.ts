/**
 * The generated C engine on an emulated microcontroller: compiled by the cross compiler, linked with the start-up code
 * of `devices/`, run. Instruction counts repeat exactly and are `emulated`; cycles are known where the emulator has them.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompileError } from "../../error.ts";
import { type Build, buildImage, compilerOf, type DeviceProgram, type Image } from "./build.ts";
import { packageVersion } from "../environment.ts";
import { emulateAvr } from "./avr.ts";
import { type Emulation, region } from "./emulation.ts";
import { versionOf } from "./execute.ts";
import type { Device } from "./list.ts";
import { emulateQemu } from "./qemu.ts";
import { emulateRp2040 } from "./rp2040.ts";

export interface DeviceRun {
  /** The engine's self-test gave the recorded bytes, on whole frames and row by row. */
  readonly passed: boolean;
  /** Why it did not: what the self-test returned, a fault, a timeout. Empty if it did. */
  readonly failure: string;
  /** What the self-test returned, if it came to its end and so did one inference. */
  readonly returned?: number;
  /** Of one inference of the recorded input; 0 if none was finished. */
  readonly instructions: number;
  /** Of one inference, where the emulator knows. */
  readonly cycles?: number;
  readonly kernelCycles?: ReadonlyMap<number, number>;
  /** Of those, in each kernel and what it calls, up to the next kernel; by the kernel's number, in marked builds. */
  readonly kernelInstructions: ReadonlyMap<number, number>;
  /** Of those, before the first kernel. */
  readonly entryInstructions: number;
  /** The deepest one inference went below its caller. */
  readonly stackBytes: number;
  /** Working memory that a library asked for, not in `bssBytes`. */
  readonly scratchBytes: number;
  /** Of the linked engine and what it takes from the compiler's libraries: no start-up code, no self-test. */
  readonly codeBytes: number;
  /** Constants: weights, multipliers, call table. */
  readonly rodataBytes: number;
  readonly dataBytes: number;
  readonly bssBytes: number;
}

/** The commands that `device` needs and this machine lacks. */
export function missingTools({ target, emulator }: Device): readonly string[] {
  const needed = [`${target}-gcc`, ...(emulator.kind === "qemu" ? [emulator.command, "cc"] : [])];
  return needed.filter((command) => versionOf(command) === undefined);
}

/** A program's image for a board, and what it does on the board's emulator. */
export interface Emulated {
  readonly image: Image;
  /** The bytes of the image's file, which is no more. */
  readonly file: Uint8Array;
  readonly emulation: Emulation;
}

/**
 * Builds a program and runs it to its end on the emulator of `device`. Throws an `Error` with the compiler's words if the
 * engine does not compile, and a `CompileError` if tools are missing.
 */
export async function emulateProgram(
  program: DeviceProgram,
  device: Device,
  build: Build,
  timeoutSeconds = 120,
): Promise<Emulated> {
  refuseMissing(device, build);
  const folder = mkdtempSync(join(tmpdir(), "pingpool-device-"));
  try {
    const image = await buildImage(program, device, build, folder);
    const emulation = await emulate(device, image, folder, timeoutSeconds);
    return { image, file: readFileSync(image.path), emulation };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the engine's self-test and one inference on `device`; throws as `emulateProgram` does. */
export async function runOnDevice(
  program: DeviceProgram,
  device: Device,
  build: Build,
  timeoutSeconds = 120,
): Promise<DeviceRun> {
  const { image, emulation } = await emulateProgram(program, device, build, timeoutSeconds);
  return { ...readEmulation(emulation), ...sizes(image) };
}

/** The packages of npm run about 10 million instructions a second. */
const packageSpeed = 10e6;

async function emulate(
  { emulator }: Device,
  image: Image,
  folder: string,
  timeoutSeconds: number,
): Promise<Emulation> {
  switch (emulator.kind) {
    case "qemu":
      return emulateQemu(emulator, image, folder, timeoutSeconds);
    case "rp2040js":
      return emulateRp2040(image, timeoutSeconds * packageSpeed);
    case "avr8js":
      return emulateAvr(image, timeoutSeconds * packageSpeed);
  }
}

/** `QEMU emulator version 7.2.22`, `rp2040js 1.4.1` */
export function emulatorName({ emulator }: Device): string {
  if (emulator.kind !== "qemu") return `${emulator.kind} ${packageVersion(emulator.kind) ?? ""}`;
  return (versionOf(emulator.command) ?? "QEMU").replace(/ \(.*\)$/, "");
}

function refuseMissing(device: Device, build: Build): void {
  const { command, version } = compilerOf(device, build);
  const missing = [...missingTools(device), ...(version === undefined ? [command] : [])];
  if (missing.length > 0)
    throw new CompileError(
      `${device.name}: ${[...new Set(missing)].join(", ")} not found; run npm run setup:devices`,
    );
}

function readEmulation(emulation: Emulation): Omit<DeviceRun, keyof ReturnType<typeof sizes>> {
  const { console, instructions, cycles } = emulation;
  const said = (what: string): number | undefined => {
    const text = new RegExp(`^pingpool ${what} (\\d+)$`, "m").exec(console)?.[1];
    return text === undefined ? undefined : Number(text);
  };
  const [returned, stack] = [said("selftest"), said("stack")];
  const ended = returned !== undefined && stack !== undefined;
  return {
    passed: ended && returned === 0,
    failure: ended ? (returned === 0 ? "" : `self-test returned ${returned}`) : console.trim() || "no answer",
    ...(ended && { returned }),
    instructions: ended ? inferenceTotal(instructions) : 0,
    ...(cycles && ended && { cycles: inferenceTotal(cycles), kernelCycles: kernelsOf(cycles) }),
    kernelInstructions: kernelsOf(instructions),
    entryInstructions: ended ? (instructions.get(region.start) ?? 0) : 0,
    stackBytes: stack ?? 0,
    scratchBytes: said("scratch") ?? 0,
  };
}

const kernelsOf = (counts: ReadonlyMap<number, number>): ReadonlyMap<number, number> =>
  new Map([...counts].filter(([number]) => number < region.start).sort(([a], [b]) => a - b));

/** Of one inference: what its regions counted, summed. */
export const inferenceTotal = (counts: ReadonlyMap<number, number>): number =>
  [...kernelsOf(counts).values()].reduce((sum, n) => sum + n, counts.get(region.start) ?? 0);

function sizes({ elf }: Image) {
  const size = (wanted: string): number => elf.sections.find(({ name }) => name === wanted)?.size ?? 0;
  return {
    codeBytes: size(".text"),
    rodataBytes: size(".rodata"),
    dataBytes: size(".data"),
    bssBytes: size(".bss"),
  };
}
