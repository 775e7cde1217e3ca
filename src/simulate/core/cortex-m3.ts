import { arm, v7M } from "./arm.ts";
import type { ArmName } from "./arm.ts";
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import { table } from "./cortex-m4.ts";
import type { InOrderName } from "./in-order.ts";

const manual = "Arm DDI 0337I, table 3-1";

/** Cortex-M3: Cortex-M4's pipeline with a smaller multiplier. */
export const cortexM3: SimulatedCore = arm<ArmName | InOrderName>(
  { id: "cortex-m3", name: "Cortex-M3", architecture: "armv7-m", rules: "arm/timing/in-order" },
  {
    ...v7M,
    CPU_ID: known(0x412fc231, "Cortex-M3's CPUID register"),
    ...table,
    MULTIPLY_ADD_CYCLES: known(2, `${manual}: MLA, MLS 2`),
    LONG_MULTIPLY_CYCLES: known(3, `${manual}: SMULL, UMULL 3 to 5`),
    LONG_ADD_CYCLES: known(4, `${manual}: SMLAL, UMLAL 4 to 7`),
    SIZES_MULTIPLY: known(
      true,
      `${manual}: by the size of the operands; which sizes is ours: more than 16 bits each`,
    ),
    LOAD_USE_CYCLES: known(1, "as Cortex-M4, where it is fitted; no row of Cortex-M3 was"),
  },
);
