/** Every core that estimates are fitted for, by the simulated core's id. Written by `npm run calibrate -- --write`. */
import type { CoreFit } from "../coefficients.ts";
import { cortexM0plus } from "./cortex-m0plus.ts";
import { cortexM3 } from "./cortex-m3.ts";
import { cortexM33 } from "./cortex-m33.ts";
import { cortexM4 } from "./cortex-m4.ts";
import { cortexM55 } from "./cortex-m55.ts";
import { cortexM7 } from "./cortex-m7.ts";
import { cv32e40p } from "./cv32e40p.ts";
import { e31 } from "./e31.ts";
import { hazard3Rp2350 } from "./hazard3-rp2350.ts";
import { ibexMaxperf } from "./ibex-maxperf.ts";
import { ibexSmall } from "./ibex-small.ts";
import { picorv32Fast } from "./picorv32-fast.ts";

export const fits: ReadonlyMap<string, CoreFit> = new Map(
  [
    cortexM0plus,
    cortexM3,
    cortexM33,
    cortexM4,
    cortexM55,
    cortexM7,
    cv32e40p,
    e31,
    hazard3Rp2350,
    ibexMaxperf,
    ibexSmall,
    picorv32Fast,
  ].map((fit) => [fit.core, fit]),
);
