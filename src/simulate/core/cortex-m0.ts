import { arm, v6M } from "./arm.ts";
import type { ArmName } from "./arm.ts";
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import { table } from "./cortex-m0plus.ts";
import type { InOrderName } from "./in-order.ts";

const manual = "Arm DDI 0432C, table 3-1";

/** Cortex-M0 with the single-cycle multiplier: as M0+, with a stage more to fill after a jump. */
export const cortexM0: SimulatedCore = arm<ArmName | InOrderName>(
  { id: "cortex-m0", name: "Cortex-M0", architecture: "armv6-m", rules: "arm/timing/in-order" },
  {
    ...v6M,
    CPU_ID: known(0x410cc200, "Cortex-M0's CPUID register"),
    ...table,
    TAKEN_CYCLES: known(3, `${manual}: B, taken, 3`),
    CALL_CYCLES: known(4, `${manual}: BL 4`),
    JUMP_CYCLES: known(3, `${manual}: BX, BLX, MOV PC 3`),
    POP_PC_CYCLES: known(3, `${manual}: POP with PC 4 + N, N without PC`),
    SYSTEM_CYCLES: known(4, `${manual}: MRS, MSR, DMB, DSB, ISB 4`),
    EXCEPTION_CYCLES: known(16, "Arm DDI 0432C, 3.7: interrupt latency 16 without wait states"),
    RETURN_CYCLES: known(16, "taken to be as many as entering"),
  },
);
