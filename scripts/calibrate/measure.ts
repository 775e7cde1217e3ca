/** Engines compiled by GCC and run, kernel by kernel; what was run once is recalled. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImage, compilerOf, type EngineFiles } from "../../src/bench/device/build.ts";
import { calibrationBuild } from "../../src/bench/device/calibration-build.ts";
import type { Device } from "../../src/bench/device/list.ts";
import { type EngineRun, hashOf, type Runner } from "./runners.ts";

/** Machine code, and the cores that run it. */
export interface Target {
  readonly device: Device;
  readonly runners: readonly Runner[];
}

/** By core. Throws a `CompileError` where the engine does not fit or runs what is not modelled. */
export async function measureEngine(
  files: EngineFiles,
  { device, runners }: Target,
  cache: string,
): Promise<ReadonlyMap<string, EngineRun>> {
  mkdirSync(cache, { recursive: true });
  const key = keyOf(files, device);
  const program = (): Promise<Uint8Array> => recalled(join(cache, `${key}.elf`), () => linked(files, device));
  const runs: [string, EngineRun][] = [];
  for (const runner of runners) {
    const text = await recalled(join(cache, `${key}-${runner.id}-${runner.key}.json`), async () =>
      new TextEncoder().encode(JSON.stringify(await runner.run(await program()))),
    );
    runs.push([runner.id, JSON.parse(new TextDecoder().decode(text)) as EngineRun]);
  }
  return new Map(runs);
}

async function recalled(path: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  if (!existsSync(path)) writeFileSync(path, await make());
  return readFileSync(path);
}

/** Comments change no machine code. */
function keyOf(files: EngineFiles, device: Device): string {
  const texts = Object.entries(files).map(([name, text]) => [name, text.replace(/^\/\*[^]*?\*\//, "")]);
  return hashOf([texts, device.flags, calibrationBuild, compilerOf(device, calibrationBuild).version]);
}

async function linked(files: EngineFiles, device: Device): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "pingpool-calibrate-"));
  try {
    const { path } = await buildImage({ files }, device, calibrationBuild, folder);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
