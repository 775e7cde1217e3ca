/** What the page of a simulated run is made of. */
import { createHash } from "node:crypto";
import { describeEnvironment } from "../bench/environment.ts";
import type { SimulationReport } from "../report/simulation-data.ts";
import type { SimulationFacts } from "./simulate-summary.ts";
import { toolVersion } from "./version.ts";

/** Undefined of an untimed run. */
export function simulationReport(
  { core, chip, simulation, analysis }: SimulationFacts,
  file: { readonly path: string; readonly bytes: Uint8Array },
  command: string,
): SimulationReport | undefined {
  const { ending, instructions, timing } = simulation;
  if (!timing || !analysis) return undefined;
  return {
    program: {
      path: file.path,
      bytes: file.bytes.length,
      sha256: createHash("sha256").update(file.bytes).digest("hex"),
    },
    core: { id: core.id, name: core.name },
    chip: { id: chip.id, name: chip.name, missing: chip.missing, clockHz: chip.clockHz },
    ending,
    cycles: timing.cycles,
    instructions,
    analysis,
    toolVersion: toolVersion(),
    command,
    environment: describeEnvironment(),
  };
}
