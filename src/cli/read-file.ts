/** Files a user names, or a sentence that says what is wrong with them. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { CompileError } from "../error.ts";
import { ZipArchive } from "../load/zip.ts";
import { readNpy, type NpyArray } from "../load/npy.ts";

/** The bytes of a file, or a sentence. */
export function readBytesOf(path: string): Uint8Array {
  if (!existsSync(path)) throw new CompileError(`${path}: no such file`);
  if (statSync(path).isDirectory()) throw new CompileError(`${path}: is a folder, expected a model file`);
  return new Uint8Array(readFileSync(path)); // not a Buffer, whose slices share a pool
}

export function readTextOf(path: string): string {
  return new TextDecoder().decode(readBytesOf(path));
}

/** A `.npy` file, or the one array of a `.npz` file: of several, `FILE.npz:NAME`. */
export function readNpyFile(path: string): NpyArray {
  const [, archive, name] = /^(.*\.npz)(?::(.+))?$/.exec(path) ?? [];
  try {
    return readNpy(archive ? arrayIn(archive, name) : readBytesOf(path));
  } catch (error) {
    if (error instanceof CompileError && !error.message.startsWith(path))
      throw new CompileError(error.problems.map((problem) => `${path}: ${problem}`));
    throw error;
  }
}

function arrayIn(path: string, wanted: string | undefined): Uint8Array {
  const archive = new ZipArchive(readBytesOf(path));
  const names = archive.names.map((name) => name.replace(/\.npy$/, ""));
  const name = wanted ?? (names.length === 1 ? names[0]! : undefined);
  if (name === undefined || !names.includes(name))
    throw new CompileError(`${path}: holds ${names.join(", ")}; say which, as in ${path}:${names[0] ?? "x"}`);
  return archive.read(`${name}.npy`);
}
