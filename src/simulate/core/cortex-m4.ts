/** Cortex-M4, each instruction by itself. */
import { arm, v7EM } from "./arm.ts";
import type { ArmName } from "./arm.ts";
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { SimpleName } from "./cortex-simple.ts";

const manual = "Arm 100166, 3.3";

export const cortexM4: SimulatedCore = arm<ArmName | SimpleName>(
  { id: "cortex-m4", name: "Cortex-M4", architecture: "armv7e-m, FPv4-SP", rules: "arm/timing/simple" },
  {
    ...v7EM,
    CPU_ID: known(0x410fc241, "Cortex-M4's CPUID register"),
    FETCH_BYTES: known(4, "Arm 100166, 2.1: a prefetch unit of three words"),
    FETCH_AHEAD: known(3, "Arm 100166, 2.1: a prefetch unit of three words"),
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
