/** Cortex-M3, each instruction by itself. */
import { arm, v7M } from "./arm.ts";
import type { ArmName } from "./arm.ts";
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { SimpleName } from "./cortex-simple.ts";

const manual = "Arm DDI 0337I, 3.3";

export const cortexM3: SimulatedCore = arm<ArmName | SimpleName>(
  { id: "cortex-m3", name: "Cortex-M3", architecture: "armv7-m", rules: "arm/timing/simple" },
  {
    ...v7M,
    CPU_ID: known(0x412fc231, "Cortex-M3's CPUID register"),
    FETCH_BYTES: known(4, "Arm DDI 0337I, 1.2: a prefetch unit of three words"),
    FETCH_AHEAD: known(3, "Arm DDI 0337I, 1.2: a prefetch unit of three words"),
    LOAD_CYCLES: known(2, manual),
    STORE_CYCLES: known(1, manual),
    MULTIPLE_CYCLES: known(1, manual),
    MULTIPLY_CYCLES: known(1, manual),
    LONG_MULTIPLY_CYCLES: known(4, manual),
    DIVIDE_CYCLES: known(6, manual),
    TAKEN_CYCLES: known(2, manual),
    JUMP_CYCLES: known(3, manual),
    EXCEPTION_CYCLES: known(12, manual),
    RETURN_CYCLES: known(10, manual),
  },
);
