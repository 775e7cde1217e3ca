/** The report of a small simulated program with calls, regions and a loop. */
import type { SimulationReport } from "../../src/report/simulation-data.ts";
import { testbench } from "../../src/simulate/chip/testbench.ts";
import { core, marked, runCalls } from "./call-program.ts";

export async function sampleSimulation(): Promise<SimulationReport> {
  const { simulation, analysis } = await runCalls(marked);
  return {
    program: { path: "somewhere/a & b.bin", bytes: 4 * marked.words.length, sha256: "0".repeat(64) },
    core: { id: core.id, name: core.name },
    chip: { id: testbench.id, name: testbench.name, missing: testbench.missing, clockHz: 50e6 },
    ending: simulation.ending,
    cycles: simulation.timing!.cycles,
    instructions: simulation.instructions,
    analysis,
    toolVersion: "0.1.0",
    command: "pingpool simulate",
    environment: "a machine",
  };
}
