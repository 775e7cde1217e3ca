/** Files a user names, or a sentence that says what is wrong with them. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { CompileError } from "../error.ts";
import type { NpyArray } from "../load/npy.ts";
import { readNumpy } from "../load/npz.ts";

/** The bytes of a file, or a sentence. */
export function readBytesOf(path: string): Uint8Array {
  if (!existsSync(path)) throw new CompileError(`${path}: no such file`);
  if (statSync(path).isDirectory()) throw new CompileError(`${path}: is a folder, expected a model file`);
  return new Uint8Array(readFileSync(path)); // not a Buffer, whose slices share a pool
}

export function readTextOf(path: string): string {
  return new TextDecoder().decode(readBytesOf(path));
}

/** A `.npy` file, or an array of an `.npz` file: `FILE.npz:NAME`, or without a name the only one. */
export function readNpyFile(path: string): NpyArray {
  const [, file = path, name] = /^(.*\.npz):(.+)$/.exec(path) ?? [];
  try {
    return readNumpy(readBytesOf(file), name);
  } catch (error) {
    if (error instanceof CompileError && !error.message.startsWith(path))
      throw new CompileError(error.problems.map((problem) => `${path}: ${problem}`));
    throw error;
  }
}
