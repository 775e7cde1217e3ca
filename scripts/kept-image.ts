/** Engines compiled as estimates take them. What was made once is kept in a folder, by what it was made from. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImage, compilerOf, type EngineFiles } from "../src/bench/device/build.ts";
import { calibrationBuild } from "../src/bench/device/calibration-build.ts";
import type { Device } from "../src/bench/device/list.ts";

export interface KeptImage {
  /** Of the C files, the device and the compiler. */
  readonly key: string;
  /** The ELF file's bytes. Throws a `CompileError` where the engine does not fit. */
  readonly elf: () => Promise<Uint8Array>;
}

export function keptImage(files: EngineFiles, device: Device, folder: string): KeptImage {
  mkdirSync(folder, { recursive: true });
  const key = keyOf(files, device);
  return { key, elf: () => recalled(join(folder, `${key}.elf`), () => linked(files, device)) };
}

/** The bytes of a file, made if it is not there. */
export async function recalled(path: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  if (!existsSync(path)) writeFileSync(path, await make());
  return readFileSync(path);
}

/** What was found once, as JSON. */
export async function recalledJson<T>(path: string, find: () => Promise<T>): Promise<T> {
  const bytes = await recalled(path, async () => new TextEncoder().encode(JSON.stringify(await find())));
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

export const hashOf = (about: unknown): string =>
  createHash("sha256").update(JSON.stringify(about)).digest("hex").slice(0, 24);

/** Comments change no machine code. */
function keyOf(files: EngineFiles, device: Device): string {
  const texts = Object.entries(files).map(([name, text]) => [name, text.replace(/^\/\*[^]*?\*\//, "")]);
  const { version } = compilerOf(device, calibrationBuild);
  return hashOf([texts, device.flags, device.symbols, calibrationBuild, version]);
}

async function linked(files: EngineFiles, device: Device): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "pingpool-image-"));
  try {
    return readFileSync((await buildImage({ files }, device, calibrationBuild, folder)).path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
