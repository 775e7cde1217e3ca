import type { Core } from "./core.ts";
import { cortexM0plus } from "./cortex-m0plus.ts";
import { cortexM3 } from "./cortex-m3.ts";
import { cortexM33 } from "./cortex-m33.ts";
import { cortexM4 } from "./cortex-m4.ts";
import { cortexM55 } from "./cortex-m55.ts";
import { cortexM7 } from "./cortex-m7.ts";
import { hazard3 } from "./hazard3.ts";
import { sifiveE31 } from "./sifive-e31.ts";

/** Every core there is a price list for, in the order reports show them. */
export const cores: readonly Core[] = [
  cortexM0plus,
  cortexM3,
  cortexM4,
  cortexM7,
  cortexM33,
  cortexM55,
  sifiveE31,
  hazard3,
];
