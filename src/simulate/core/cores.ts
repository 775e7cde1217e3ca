/** Every core that can be simulated, by id. */
import { CompileError } from "../../error.ts";
import type { SimulatedCore } from "./core.ts";
import { cortexM0 } from "./cortex-m0.ts";
import { cortexM0plus } from "./cortex-m0plus.ts";
import { cortexM3 } from "./cortex-m3.ts";
import { cortexM33 } from "./cortex-m33.ts";
import { cortexM4 } from "./cortex-m4.ts";
import { cortexM7 } from "./cortex-m7.ts";
import { cv32e40p } from "./cv32e40p.ts";
import { e31 } from "./e31.ts";
import { hazard3NoPredictor, hazard3OnePort, hazard3Rp2350, hazard3Small } from "./hazard3.ts";
import { ibexMaxperf, ibexMaxperfPredictor, ibexSmall } from "./ibex.ts";
import { picorv32Fast, picorv32Small } from "./picorv32.ts";
import { qingkeV2a, qingkeV2c } from "./qingke.ts";

export const simulatedCores: readonly SimulatedCore[] = [
  hazard3Rp2350,
  hazard3NoPredictor,
  hazard3OnePort,
  hazard3Small,
  ibexSmall,
  ibexMaxperf,
  ibexMaxperfPredictor,
  cv32e40p,
  picorv32Fast,
  picorv32Small,
  e31,
  qingkeV2a,
  qingkeV2c,
  cortexM0,
  cortexM0plus,
  cortexM3,
  cortexM4,
  cortexM7,
  cortexM33,
];

export function findSimulatedCore(id: string): SimulatedCore {
  const found = simulatedCores.find((core) => core.id === id);
  if (found === undefined)
    throw new CompileError(
      `--core ${id}: no such core; one of ${simulatedCores.map((core) => core.id).join(", ")}`,
    );
  return found;
}
