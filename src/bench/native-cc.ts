/**
 * The generated C on this machine: compiled by whatever gcc and clang there are, run with sanitizers.
 *
 * Correctness only. Its time is not measured here: the host's compiler and processor say nothing about
 * a microcontroller, and the Wasm of the same C is the fairer opponent for our Wasm.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CFiles } from "./c-driver.ts";

export interface HostCompiler {
  /** `gcc`, `g++`, `clang`, … as found on the path. */
  readonly command: string;
  readonly language: "c" | "c++";
  /** First line of `--version`. */
  readonly version: string;
}

/** The flags under which the generated C promises to be free of warnings, in C. */
export const strictFlags: readonly string[] = [
  ...["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"],
];
/** The same promise, in C++. */
export const strictCxxFlags: readonly string[] = [
  ...["-x", "c++", "-std=c++11", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"],
];
/** Undefined behaviour and bad addresses end the program with a report on stderr. */
export const sanitizeFlags: readonly string[] = [
  ...["-g", "-O1", "-fsanitize=undefined,address", "-fno-sanitize-recover=all"],
];

const known: readonly Omit<HostCompiler, "version">[] = [
  { command: "gcc", language: "c" },
  { command: "clang", language: "c" },
  { command: "g++", language: "c++" },
  { command: "clang++", language: "c++" },
];

let found: readonly HostCompiler[] | undefined;

/** The host compilers that answer `--version`, asked for once. */
export function hostCompilers(): readonly HostCompiler[] {
  found ??= known.flatMap((compiler) => {
    const { status, stdout } = spawnSync(compiler.command, ["--version"], { encoding: "utf8" });
    return status === 0 ? [{ ...compiler, version: stdout.split("\n", 1)[0]! }] : [];
  });
  return found;
}

export interface NativeProgram {
  /** Starts the program afresh, feeds `stdin` to its end and gives its stdout; throws what it wrote to stderr. */
  readonly run: (stdin: Uint8Array, args?: readonly string[]) => Uint8Array;
  /** Deletes its temporary folder. */
  readonly dispose: () => void;
}

/** Compiles all `.c` files to a program in a temporary folder. Throws an `Error` carrying the compiler's stderr. */
export function compileNative(command: string, files: CFiles, flags: readonly string[]): NativeProgram {
  const folder = writeFiles(files);
  const dispose = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  const program = join(folder, "engine");
  try {
    execute(command, [...flags, ...cSources(files), "-o", program], folder);
  } catch (error) {
    dispose();
    throw error;
  }
  return { run: (stdin, args = []) => execute(program, args, folder, stdin), dispose };
}

/** Compiles without linking, for warnings; throws an `Error` carrying the compiler's stderr. */
export function checkNative(command: string, files: CFiles, flags: readonly string[]): void {
  const folder = writeFiles(files);
  try {
    execute(command, [...flags, "-fsyntax-only", ...cSources(files)], folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cSources(files: CFiles): string[] {
  return Object.keys(files).filter((name) => name.endsWith(".c"));
}

function writeFiles(files: CFiles): string {
  const folder = mkdtempSync(join(tmpdir(), "pingpool-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function execute(
  command: string,
  args: readonly string[],
  folder: string,
  input: Uint8Array = new Uint8Array(),
): Uint8Array {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    input,
    maxBuffer: 1 << 28,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${signal ?? status}\n${stderr.toString()}`);
  return new Uint8Array(stdout);
}
