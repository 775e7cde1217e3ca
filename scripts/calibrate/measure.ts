/** Engines compiled by GCC and run, kernel by kernel; what was run once is recalled. */
import { join } from "node:path";
import type { EngineFiles } from "../../src/bench/device/build.ts";
import type { Device } from "../../src/bench/device/list.ts";
import { keptImage, recalledJson } from "../kept-image.ts";
import type { EngineRun, Runner } from "./runners.ts";

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
  const { key, elf } = keptImage(files, device, cache);
  const runs = new Map<string, EngineRun>();
  for (const { id, key: runnerKey, run } of runners) {
    const path = join(cache, `${key}-${id}-${runnerKey}.json`);
    runs.set(id, await recalledJson(path, async () => run(await elf())));
  }
  return runs;
}
