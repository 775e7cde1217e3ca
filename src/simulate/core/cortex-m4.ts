import { arm, v7EM } from "./arm.ts";
import type { ArmName } from "./arm.ts";
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { InOrder, InOrderName } from "./in-order.ts";

const manual = "Arm 100166, table 3-1";
const loads = "Arm 100166, 3.3.2, load and store timings";
const floats = "Arm 100166, table 7-1";

/** What Cortex-M4's manual says; Cortex-M3's differs in multiplying. */
export const table: InOrder = {
  LOAD_CYCLES: known(2, `${manual}: LDR 2`),
  STORE_CYCLES: known(1, `${loads}: STR Rx,[Ry,#imm] is always one cycle`),
  STORE_REGISTER_CYCLES: known(2, `${loads}: STR with an offset in a register 2`),
  MULTIPLE_CYCLES: known(1, `${manual}: LDM, STM, LDRD, STRD, PUSH, POP 1 + N`),
  MULTIPLY_CYCLES: known(1, `${manual}: MUL 1`),
  MULTIPLY_ADD_CYCLES: known(1, `${manual}: MLA, MLS 1`),
  LONG_MULTIPLY_CYCLES: known(1, `${manual}: SMULL, UMULL 1`),
  LONG_ADD_CYCLES: known(1, `${manual}: SMLAL, UMLAL 1`),
  SIZES_MULTIPLY: known(false, `${manual}: whatever the operands`),
  DIVIDE_CYCLES: known(
    2,
    `${manual}: SDIV, UDIV 2 to 12; in between by the bits of the quotient, which is ours`,
  ),
  DIVIDE_MOST_CYCLES: known(12, `${manual}: SDIV, UDIV 2 to 12`),
  TAKEN_CYCLES: known(2, `${manual}: B 1 + P, P from 1`),
  CALL_CYCLES: known(2, `${manual}: BL 1 + P, P from 1`),
  JUMP_CYCLES: known(3, `${manual}: BX, BLX, MOV PC 1 + P, P taken as 2`),
  TABLE_CYCLES: known(4, `${manual}: TBB, TBH 2 + P, P taken as 2`),
  LOAD_PC_CYCLES: known(4, `${manual}: LDR PC 2 + P, P taken as 2`),
  POP_PC_CYCLES: known(3, `${manual}: POP with PC 1 + N + P, P taken as 2`),
  SYSTEM_CYCLES: known(2, `${manual}: MRS, MSR 2; barriers 1 + B`),
  FLOAT_ACCUMULATE_CYCLES: known(3, `${floats}: VMLA, VFMA 3`),
  FLOAT_DIVIDE_CYCLES: known(14, `${floats}: VDIV, VSQRT 14`),
  EXCEPTION_CYCLES: known(12, "Arm 100166, 3.9: interrupt latency 12"),
  RETURN_CYCLES: known(10, "Arm 100166, 3.9: 10 where the stack does not wait"),
  ADDRESS_CYCLES: known(1, `${loads}: an address from the instruction before waits a cycle`),
  FOLDS_IT: known(true, "Arm 100166, 3.3.1: IT folds onto a 16-bit instruction before it"),
  IT_CYCLES: known(1, `${manual}: IT 1`),
  LOAD_USE_CYCLES: known(
    1,
    "fitted on calibrate rows H0157, H0158, H0159, H0160, H0212, H0231, H0235: a load used at once",
  ),
  PAIRS_SHORT: known(false, "one instruction a cycle"),
  PIPELINES_LOADS: known(true, `${loads}: loads in a row take one cycle each after the first`),
  SPLIT_TARGET_CYCLES: known(
    1,
    "compendium.i-0.nl, branch timing: a target that is a 32-bit instruction in two words",
  ),
  FETCH_BYTES: known(4, "Arm 100166, 2.3: 32-bit ICode bus"),
  FETCH_AHEAD: known(3, "Arm 100166, 1.2: prefetch unit of three words"),
};

export const cortexM4: SimulatedCore = arm<ArmName | InOrderName>(
  { id: "cortex-m4", name: "Cortex-M4", architecture: "armv7e-m, FPv4-SP", rules: "arm/timing/in-order" },
  { ...v7EM, CPU_ID: known(0x410fc241, "Cortex-M4's CPUID register"), ...table },
);
