import { arm, v6M } from "./arm.ts";
import type { ArmName } from "./arm.ts";
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { InOrder, InOrderName } from "./in-order.ts";

const manual = "Arm DDI 0484C, table 3-1";
const absent = "not an instruction of Armv6-M";

/** Cortex-M0+ with the single-cycle multiplier; every price is the manual's. */
export const table: InOrder = {
  LOAD_CYCLES: known(2, `${manual}: LDR 2`),
  STORE_CYCLES: known(2, `${manual}: STR 2`),
  STORE_REGISTER_CYCLES: known(2, `${manual}: STR 2`),
  MULTIPLE_CYCLES: known(1, `${manual}: LDM, STM, PUSH, POP 1 + N`),
  MULTIPLY_CYCLES: known(1, `${manual}: MULS 1 with the fast multiplier`),
  MULTIPLY_ADD_CYCLES: known(1, absent),
  LONG_MULTIPLY_CYCLES: known(1, absent),
  LONG_ADD_CYCLES: known(1, absent),
  SIZES_MULTIPLY: known(false, absent),
  DIVIDE_CYCLES: known(1, absent),
  DIVIDE_MOST_CYCLES: known(1, absent),
  TAKEN_CYCLES: known(2, `${manual}: B, taken, 2`),
  CALL_CYCLES: known(3, `${manual}: BL 3`),
  JUMP_CYCLES: known(2, `${manual}: BX, BLX, MOV PC 2`),
  TABLE_CYCLES: known(2, absent),
  LOAD_PC_CYCLES: known(2, absent),
  POP_PC_CYCLES: known(2, `${manual}: POP with PC 3 + N, N without PC`),
  SYSTEM_CYCLES: known(3, `${manual}: MRS, MSR, DMB, DSB, ISB 3`),
  FLOAT_ACCUMULATE_CYCLES: known(1, absent),
  FLOAT_DIVIDE_CYCLES: known(1, absent),
  EXCEPTION_CYCLES: known(15, "Arm DDI 0484C, 3.7: interrupt latency 15 without wait states"),
  RETURN_CYCLES: known(15, "taken to be as many as entering"),
  ADDRESS_CYCLES: known(0, `${manual}: nothing between neighbours`),
  FOLDS_IT: known(false, absent),
  IT_CYCLES: known(1, absent),
  LOAD_USE_CYCLES: known(0, `${manual}: nothing between neighbours`),
  PAIRS_SHORT: known(false, "Arm DDI 0484C, 1.1: one instruction a cycle"),
  PIPELINES_LOADS: known(false, `${manual}: nothing between neighbours`),
  SPLIT_TARGET_CYCLES: known(0, `${manual}: B 2 wherever it leads`),
  FETCH_BYTES: known(4, "Arm DDI 0484C, 2.3: 32-bit AHB-Lite"),
  FETCH_AHEAD: known(3, "not published; between 2 and 3 the rows of STM32G0B1 differ by at most 1.2 %"),
};

export const cortexM0plus: SimulatedCore = arm<ArmName | InOrderName>(
  { id: "cortex-m0plus", name: "Cortex-M0+", architecture: "armv6-m", rules: "arm/timing/in-order" },
  { ...v6M, CPU_ID: known(0x410cc601, "Cortex-M0+'s CPUID register"), ...table },
);
