/** Cortex-M0+, each instruction by itself. */
import { arm, v6M } from "./arm.ts";
import type { ArmName } from "./arm.ts";
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { SimpleName } from "./cortex-simple.ts";

const manual = "Arm DDI 0484C, 3.3";

export const cortexM0plus: SimulatedCore = arm<ArmName | SimpleName>(
  { id: "cortex-m0plus", name: "Cortex-M0+", architecture: "armv6-m", rules: "arm/timing/simple" },
  {
    ...v6M,
    CPU_ID: known(0x410cc601, "Cortex-M0+'s CPUID register"),
    FETCH_BYTES: known(4, "Arm DDI 0484C, 3.3: one 32-bit port, two stages"),
    FETCH_AHEAD: known(1, "Arm DDI 0484C, 3.3: one 32-bit port, two stages"),
    LOAD_CYCLES: known(2, manual),
    STORE_CYCLES: known(2, manual),
    MULTIPLE_CYCLES: known(1, manual),
    MULTIPLY_CYCLES: known(1, manual),
    LONG_MULTIPLY_CYCLES: known(1, manual),
    DIVIDE_CYCLES: known(1, manual),
    TAKEN_CYCLES: known(2, manual),
    JUMP_CYCLES: known(2, manual),
    EXCEPTION_CYCLES: known(15, manual),
    RETURN_CYCLES: known(15, manual),
  },
);
