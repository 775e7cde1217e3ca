/** Cortex-M7, each instruction by itself. */
import { arm, v7EM } from "./arm.ts";
import type { ArmName } from "./arm.ts";
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { SimpleName } from "./cortex-simple.ts";

const manual = "Arm DDI 0489F prints no timings; Cortex-M4's stand here";

export const cortexM7: SimulatedCore = arm<ArmName | SimpleName>(
  { id: "cortex-m7", name: "Cortex-M7", architecture: "armv7e-m, FPv5-SP", rules: "arm/timing/simple" },
  {
    ...v7EM,
    HAS_FLOAT5: known(true, "Arm DDI 0489F: FPv5-SP"),
    CPU_ID: known(0x411fc272, "Cortex-M7's CPUID register"),
    FETCH_BYTES: known(8, "Arm DDI 0489F, 2.1: a 64-bit fetch; the depth of its queue is not printed"),
    FETCH_AHEAD: known(4, "Arm DDI 0489F, 2.1: a 64-bit fetch; the depth of its queue is not printed"),
    LOAD_CYCLES: known(2, manual),
    STORE_CYCLES: known(1, manual),
    MULTIPLE_CYCLES: known(1, manual),
    MULTIPLY_CYCLES: known(1, manual),
    LONG_MULTIPLY_CYCLES: known(1, manual),
    DIVIDE_CYCLES: known(6, manual),
    TAKEN_CYCLES: known(2, manual),
    JUMP_CYCLES: known(3, manual),
    EXCEPTION_CYCLES: known(12, manual),
    RETURN_CYCLES: known(10, manual),
  },
);
