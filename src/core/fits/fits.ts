/** Every core that estimates are fitted for, by the simulated core's id. Written by `npm run calibrate -- --write`. */
import type { CoreFit } from "../coefficients.ts";
import { cv32e40p } from "./cv32e40p.ts";
import { hazard3Rp2350 } from "./hazard3-rp2350.ts";
import { ibexMaxperf } from "./ibex-maxperf.ts";
import { ibexSmall } from "./ibex-small.ts";
import { picorv32Fast } from "./picorv32-fast.ts";

export const fits: ReadonlyMap<string, CoreFit> = new Map(
  [cv32e40p, hazard3Rp2350, ibexMaxperf, ibexSmall, picorv32Fast].map((fit) => [fit.core, fit]),
);
