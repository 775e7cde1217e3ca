/**
 * QingKe V2A (CH32V003) and V2C (CH32V002) of WCH: two stages. Their manual gives no cycles; the rules here are those that
 * measurements of cpldcpu and of BitNetMCU show, and each number says which.
 */
import type { Parameter, SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { PipelinedName } from "./pipelined.ts";
import type { RiscvName } from "./riscv.ts";
import { dividers, multipliers, riscv, shifters } from "./riscv.ts";

const measured = "cpldcpu/DRAM_exploration 49758c4, instruction_timing: measured on a CH32V003";
const manual = "WCH QingKe V2 processor manual";
const two = "two stages: nothing is left to wait for";

type QingkeName = RiscvName | PipelinedName | "REGISTERS" | "HAS_M" | "HAS_DIVIDE";

const v2a: Readonly<Record<QingkeName, Parameter>> = {
  FETCH_BYTES: known(4, `${measured}: 32 bits every two cycles from flash`),
  FETCH_AHEAD: known(1, `${measured}: two 16-bit instructions in the time of a word`),
  LOAD_CYCLES: known(2, `${measured}: every access of SRAM and devices`),
  STORE_CYCLES: known(2, `${measured}: every access of SRAM and devices`),
  TAKEN_CYCLES: known(3, `${measured}: two more for a taken branch`),
  JUMP_CYCLES: known(3, "assumed: as a taken branch"),
  JALR_CYCLES: known(3, "assumed: as a taken branch"),
  UNALIGNED_TARGET_CYCLES: known(
    0,
    "fitted: BitNetMCU def8bc4's 12k network, built with GCC 12.2 -Os, then takes 3.8 % (V2A, loop in SRAM), 5.4 % (V2C, SRAM) and 1.6 % (V2C, flash) more than published, with 1 9.6, 6.3 and 1.6 %",
  ),
  LOAD_USE_WAITS: known(0, two),
  LOAD_STORE_WAITS: known(0, two),
  LOAD_OVERWRITE_WAITS: known(0, two),
  JALR_WAITS: known(0, two),
  JALR_LINK_WAITS: known(0, two),
  LATE_JALR_WAITS: known(0, two),
  JUMPS_BEHIND_UNITS: known(false, two),
  STATUS_CYCLES: known(1, "assumed"),
  FENCE_CYCLES: known(1, "assumed"),
  PREDICTS_BACKWARD: known(false, `${measured}: taken branches always cost`),
  MISPREDICTED_CYCLES: known(1, "no prediction"),
  MULTIPLY_CYCLES: known(1, "it has none"),
  MULTIPLY_HIGH_CYCLES: known(1, "it has none"),
  MULTIPLIER: known(multipliers.fixed, "it has none"),
  DIVIDE_CYCLES: known(1, "it has none"),
  DIVIDER: known(dividers.fixed, "it has none"),
  SHIFTER: known(shifters.barrel, `${measured}: one cycle`),
  TRAP_CYCLES: known(4, "assumed"),
  TRAP_RETURN_CYCLES: known(4, "assumed"),
  MISALIGNED_TRAPS: known(true, `${manual}: 4, misaligned access exceptions`),
  MISALIGNED_CYCLES: known(0, "they trap"),
  HAS_A: known(false, `${manual}: RV32EC`),
  HAS_B: known(false, `${manual}: RV32EC`),
  HAS_M: known(false, `${manual}: RV32EC`),
  HAS_DIVIDE: known(false, `${manual}: RV32EC`),
  REGISTERS: known(16, `${manual}: RV32E, x0 to x15`),
  HAS_MACHINE_MODE: known(true, manual),
  INHIBITED_AT_RESET: known(0, manual),
  MACHINE_ISA: known(0x40000014, `${manual}: misa, MXL 32, E, C`),
};

const about = {
  rules: "riscv/timing/pipelined",
  resetAddress: 0x08000000,
  coreType: 1,
} as const;

export const qingkeV2a: SimulatedCore = riscv<QingkeName>(
  { ...about, id: "qingke-v2a", name: "QingKe V2A as in CH32V003", architecture: "rv32ec_zicsr" },
  v2a,
);

export const qingkeV2c: SimulatedCore = riscv<QingkeName>(
  { ...about, id: "qingke-v2c", name: "QingKe V2C as in CH32V002", architecture: "rv32ec_zmmul_zicsr" },
  {
    ...v2a,
    HAS_M: known(true, "BitNetMCU def8bc4, docs: RV32EmC, multiplications without division"),
    MULTIPLY_CYCLES: known(1, "assumed: one cycle, as nothing was published"),
    MULTIPLY_HIGH_CYCLES: known(1, "assumed: one cycle, as nothing was published"),
    MULTIPLIER: known(multipliers.fixed, "assumed"),
  },
);
