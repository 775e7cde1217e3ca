/** Compiles the simulator of a core: AssemblyScript in `assembly/`, specialised with the core's numbers. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SimulatedCore } from "../simulate/core/core.ts";
import type { MemoryRegion } from "../simulate/region.ts";
import { haveWaits } from "../simulate/region.ts";
import type { Simulator } from "../simulate/simulate.ts";
import { printParameters, printRules } from "../simulate/sources.ts";
import { compileAssemblyScript } from "./asc.ts";

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** Takes one to three seconds the first time, for each core, timed or not; asking again gives the same module. */
export async function buildSimulator(
  core: SimulatedCore,
  regions: readonly MemoryRegion[],
  timed: boolean,
): Promise<Simulator> {
  const waits = haveWaits(regions);
  const key = `${core.id} ${String(timed)} ${String(waits)}`;
  const module = compiled.get(key) ?? build(core, timed, waits);
  compiled.set(key, module);
  return { module: await module, timed };
}

async function build(core: SimulatedCore, timed: boolean, waits: boolean): Promise<WebAssembly.Module> {
  const files = {
    ...simulatorSources(),
    "parameters.ts": printParameters(core, { timed, waits }),
    "rules.ts": printRules(core),
  };
  const binary = await compileAssemblyScript(
    { entry: `${core.set}/main.ts`, files },
    { pages: 1024, mayGrow: true },
  );
  return new WebAssembly.Module(binary.slice());
}

export function simulatorSources(): Record<string, string> {
  const folder = join(packageRoot(), "assembly");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  return Object.fromEntries(
    names.map((name) => [name.replaceAll("\\", "/"), readFileSync(join(folder, name), "utf8")]),
  );
}

function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
