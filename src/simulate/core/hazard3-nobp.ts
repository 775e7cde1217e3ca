import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import { pipelined } from "./pipelined.ts";

const manual = "Hazard3 8272910, instruction_timings.adoc";
const rtl = "Hazard3 8272910, hdl";

/** Hazard3 configured as in the RP2350 but for its branch predictor. */
export const hazard3NoPredictor: SimulatedCore = {
  id: "hazard3-nobp",
  name: "Hazard3, no branch predictor",
  set: "riscv",
  architecture: "rv32imac_zicsr_zifencei_zba_zbb_zbs",
  rules: "riscv/timing/pipelined",
  resetAddress: undefined,
  coreType: 1,
  parameters: pipelined({
    LOAD_CYCLES: known(1, manual),
    STORE_CYCLES: known(1, manual),
    MULTIPLY_CYCLES: known(1, `${manual}: MUL_FAST`),
    MULTIPLY_HIGH_CYCLES: known(1, `${manual}: MULH_FAST`),
    DIVIDE_CYCLES: known(18, `${rtl}/arith/hazard3_muldiv_seq.v: accept, 16 steps of two bits, result`),
    BRANCH_CYCLES: known(1, manual),
    TAKEN_CYCLES: known(2, manual),
    JUMP_CYCLES: known(2, manual),
    JALR_CYCLES: known(2, manual),
    UNALIGNED_TARGET_CYCLES: known(1, manual),
    LOAD_USE_WAITS: known(1, manual),
    LOAD_STORE_WAITS: known(0, `${manual}: load data to store data is free`),
    JALR_WAITS: known(0, manual),
    DIVIDER: known(1, `${rtl}/arith/hazard3_muldiv_seq.v: sign adjustment`),
    MULTIPLIER: known(0, manual),
    SHIFTER: known(0, manual),
    TRAP_CYCLES: known(3, `${manual}: ecall, ebreak`),
    MISALIGNED_TRAPS: known(true, `${rtl}/hazard3_core.v: x_unaligned_addr`),
    MISALIGNED_CYCLES: known(0, "never happens"),
    HAS_A: known(true, "EXTENSION_A"),
    HAS_B: known(true, "EXTENSION_ZBA, EXTENSION_ZBB, EXTENSION_ZBS"),
    HAS_MACHINE_MODE: known(true, "CSR_M_MANDATORY, CSR_M_TRAP"),
    INHIBITED_AT_RESET: known(5, `${rtl}/hazard3_csr.v: mcountinhibit`),
    MACHINE_ISA: known(0x40901107 | 0, `${rtl}/hazard3_csr.v: MISA`),
  }),
};
