/** Cortex-M33, each instruction by itself. */
import { arm, v8M } from "./arm.ts";
import type { ArmName } from "./arm.ts";
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { SimpleName } from "./cortex-simple.ts";

const manual = "Arm 100230 prints no timings; Cortex-M4's stand here";

export const cortexM33: SimulatedCore = arm<ArmName | SimpleName>(
  {
    id: "cortex-m33",
    name: "Cortex-M33",
    architecture: "armv8-m.main with DSP, FPv5-SP",
    rules: "arm/timing/simple",
  },
  {
    ...v8M,
    CPU_ID: known(0x410fd213, "Cortex-M33's CPUID register"),
    FETCH_BYTES: known(
      4,
      "Arm 100230: a 32-bit fetch; the depth of its queue is not printed, Cortex-M4's stands here",
    ),
    FETCH_AHEAD: known(
      3,
      "Arm 100230: a 32-bit fetch; the depth of its queue is not printed, Cortex-M4's stands here",
    ),
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
