/**
 * The generated C engine on an emulated microcontroller: compiled by the cross compiler, linked with the start-up code
 * of `devices/`, run on QEMU. Instruction counts repeat exactly and are `emulated`; cycles are not known there.
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CompileError } from "../error.ts";
import type { Device } from "./device-list.ts";
import { sectionSizes } from "./native-cc.ts";

export { devices, type Device } from "./device-list.ts";

/** Text by file name, as `printC` gives it: `NAME.h`, `NAME.c`, `NAME_weights.c`, `NAME_selftest.c`. */
export type EngineFiles = Readonly<Record<string, string>>;

export interface DeviceOptions {
  readonly optimisation: "-O1" | "-O2" | "-O3" | "-Os";
  /** Of the emulator; 120 by default. */
  readonly timeoutSeconds?: number;
}

export interface DeviceRun {
  /** The engine's self-test gave the recorded bytes, on whole frames and row by row. */
  readonly passed: boolean;
  /** Why it did not: what the self-test returned, a fault, a timeout. Empty if it did. */
  readonly failure: string;
  /** Of one inference of the recorded input; 0 if none was finished. */
  readonly instructions: number;
  /** The step of that count: the board's clock moves once in so many instructions. */
  readonly instructionStep: number;
  /** Of the engine's own object files: neither library, start-up code nor self-test. */
  readonly textBytes: number;
  readonly rodataBytes: number;
  readonly dataBytes: number;
  readonly bssBytes: number;
}

/** The commands that `device` needs and this machine lacks. */
export function missingTools(device: Device): readonly string[] {
  const size = device.compiler.replace(/gcc$/, "size");
  return [device.compiler, size, device.emulator].filter(
    (command) => spawnSync(command, ["--version"]).status !== 0,
  );
}

/**
 * Runs the engine's self-test and one inference on `device`. Throws an `Error` with the compiler's words if the engine
 * does not compile, and a `CompileError` if tools are missing.
 */
export async function runOnDevice(
  files: EngineFiles,
  device: Device,
  options: DeviceOptions,
): Promise<DeviceRun> {
  const missing = missingTools(device);
  if (missing.length > 0) {
    throw new CompileError(`${device.name}: ${missing.join(", ")} not found; run npm run setup:devices`);
  }
  const folder = mkdtempSync(join(tmpdir(), "pingpool-device-"));
  try {
    const flags = [...device.flags, options.optimisation, "-std=gnu99", "-ffp-contract=off"];
    const image = await link(files, device, flags, folder);
    const console = await emulate(device, image, options.timeoutSeconds ?? 120);
    return { ...readConsole(console, device), ...sizes(files, device, flags) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function link(
  files: EngineFiles,
  device: Device,
  flags: readonly string[],
  folder: string,
): Promise<string> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const board = boardFolder();
  const { selftest, run } = entryPoints(files);
  const addresses = [
    `device_code=${device.codeAddress}`,
    `device_data=${device.dataAddress}`,
    `device_entry=${device.entry}`,
  ];
  const image = join(folder, "image.elf");
  const { failed, output } = await execute(device.compiler, [
    ...flags,
    `-I${folder}`,
    `-I${board}`,
    `-DENGINE_SELFTEST_FILE="${selftest}.c"`,
    `-DENGINE_SELFTEST=${selftest}`,
    `-DENGINE_RUN=${run}`,
    ...engineSources(files).map((name) => join(folder, name)),
    join(board, "main.c"),
    join(board, device.startup),
    "-nostartfiles",
    "-T",
    join(board, "device.ld"),
    ...addresses.map((address) => `-Wl,--defsym=${address}`),
    "-o",
    image,
  ]);
  if (failed) throw new Error(`${device.name}: ${device.compiler} failed\n${output}`);
  return image;
}

async function emulate(device: Device, image: string, timeoutSeconds: number): Promise<string> {
  const { output } = await execute(
    device.emulator,
    [...device.machine, "-nographic", "-monitor", "none", "-icount", "shift=0", "-kernel", image],
    timeoutSeconds,
  );
  return output;
}

function readConsole(
  console: string,
  device: Device,
): Pick<DeviceRun, "passed" | "failure" | "instructions" | "instructionStep"> {
  const selftest = /^pingpool selftest (\d+)$/m.exec(console)?.[1];
  const ticks = /^pingpool ticks (\d+)$/m.exec(console)?.[1];
  const passed = selftest === "0" && ticks !== undefined;
  return {
    passed,
    failure: passed ? "" : selftest === undefined ? console.trim() : `self-test returned ${selftest}`,
    instructions: Number(ticks ?? 0) * device.instructionsPerTick,
    instructionStep: device.instructionsPerTick,
  };
}

function sizes(
  files: EngineFiles,
  device: Device,
  flags: readonly string[],
): Pick<DeviceRun, "textBytes" | "rodataBytes" | "dataBytes" | "bssBytes"> {
  const engine = Object.fromEntries(Object.entries(files).filter(([name]) => !isSelfTest(name)));
  const { text, rodata, data, bss } = sectionSizes(device.compiler, engine, flags)!;
  return { textBytes: text, rodataBytes: rodata, dataBytes: data, bssBytes: bss };
}

const isSelfTest = (name: string): boolean => name.endsWith("_selftest.c");

function engineSources(files: EngineFiles): readonly string[] {
  return Object.keys(files).filter((name) => name.endsWith(".c") && !isSelfTest(name));
}

/** The self-test's name, and the call of the engine on its recorded frame: its parameters are named alike. */
function entryPoints(files: EngineFiles): { readonly selftest: string; readonly run: string } {
  const file = Object.keys(files).find(isSelfTest);
  if (file === undefined) throw new Error("an engine without a self-test cannot run on a device");
  const name = file.slice(0, -"_selftest.c".length);
  const parameters = new RegExp(`\\b${name}_run\\(([^)]*)\\)`).exec(files[`${name}.h`] ?? "")?.[1] ?? "";
  const names = parameters.split(",").map((parameter) => /\w+$/.exec(parameter.trim())?.[0] ?? "");
  return { selftest: `${name}_selftest`, run: `${name}_run(${names.join(", ")})` };
}

function boardFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return join(folder, "devices");
}

/** Both output streams in one: semihosting writes to stderr, a serial line to stdout. */
function execute(
  command: string,
  args: readonly string[],
  timeoutSeconds = 0,
): Promise<{ readonly failed: boolean; readonly output: string }> {
  return new Promise((resolve) => {
    const options = { timeout: timeoutSeconds * 1000, maxBuffer: 1 << 24 };
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      const late = error?.killed === true ? `${command} was stopped after ${timeoutSeconds} s\n` : "";
      resolve({ failed: error !== null, output: `${stdout}${stderr}${late}` });
    });
    child.stdin?.end();
  });
}
