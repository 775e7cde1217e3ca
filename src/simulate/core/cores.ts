/** Every core that can be simulated, by id. */
import { CompileError } from "../../error.ts";
import type { SimulatedCore } from "./core.ts";
import { hazard3NoPredictor } from "./hazard3-nobp.ts";

export const simulatedCores: readonly SimulatedCore[] = [hazard3NoPredictor];

export function findSimulatedCore(id: string): SimulatedCore {
  const found = simulatedCores.find((core) => core.id === id);
  if (found === undefined)
    throw new CompileError(
      `--core ${id}: no such core; one of ${simulatedCores.map((core) => core.id).join(", ")}`,
    );
  return found;
}
