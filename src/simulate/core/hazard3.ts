/**
 * Hazard3 (Luke Wren): the core of RP2350, as that chip configures it, and three other configurations.
 *
 * Its rules are the front end's own, cycle by cycle: `assembly/riscv/timing/hazard3.ts`.
 */
import type { Parameter, SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { RiscvName } from "./riscv.ts";
import { dividers, multipliers, riscv, shifters } from "./riscv.ts";

const manual = "Hazard3 8272910, instruction_timings.adoc";
const serial = "Hazard3 8272910, hdl/arith/hazard3_muldiv_seq.v";

type Hazard3Name = RiscvName | "HAS_PREDICTOR" | "IS_ONE_PORT" | "HAS_ZCB" | "HAS_ZCMP";

const rp2350: Readonly<Record<Hazard3Name, Parameter>> = {
  HAS_PREDICTOR: known(true, `${manual}: Branch Predictor`),
  IS_ONE_PORT: known(false, "Hazard3 8272910, hdl/hazard3_cpu_2port.v: own ports for fetch and data"),
  FETCH_BYTES: known(4, "Hazard3 8272910, hdl/hazard3_frontend.v: W_DATA"),
  FETCH_AHEAD: known(
    2,
    "Hazard3 8272910, hdl/hazard3_frontend.v: FIFO_DEPTH; its rules have their own queue",
  ),
  MULTIPLY_CYCLES: known(1, `${manual}: MUL_FAST`),
  MULTIPLY_HIGH_CYCLES: known(1, `${manual}: MULH_FAST`),
  DIVIDE_CYCLES: known(18, `${serial}: accept, 16 steps of two bits, result`),
  DIVIDER: known(dividers.signAdjusting, `${serial}: sign adjustment before and after`),
  MULTIPLIER: known(multipliers.fixed, `${manual}: MULH_FAST`),
  SHIFTER: known(shifters.barrel, manual),
  TRAP_CYCLES: known(3, `${manual}: ecall, ebreak`),
  MISALIGNED_TRAPS: known(true, "Hazard3 8272910, hdl/hazard3_core.v: x_unaligned_addr"),
  MISALIGNED_CYCLES: known(0, "they trap"),
  HAS_A: known(true, "RP2350 datasheet 3.8: RV32IMAC"),
  HAS_B: known(true, "RP2350 datasheet 3.8: Zba, Zbb, Zbs"),
  HAS_ZCB: known(true, "RP2350 datasheet 3.8: Zcb"),
  HAS_ZCMP: known(true, "RP2350 datasheet 3.8: Zcmp"),
  HAS_MACHINE_MODE: known(true, "RP2350 datasheet 3.8: Zicsr"),
  INHIBITED_AT_RESET: known(
    5,
    "Hazard3 8272910, hdl/hazard3_csr.v: counters inhibited by default to save energy",
  ),
  MACHINE_ISA: known(0x40101107, "Hazard3 8272910, hdl/hazard3_csr.v: MXL 32, U, M, I, C, B, A"),
};

const about = {
  rules: "riscv/timing/hazard3",
  architecture: "rv32imac_zicsr_zifencei_zba_zbb_zbs_zcb_zcmp",
  resetAddress: undefined,
  coreType: 1,
} as const;

export const hazard3Rp2350: SimulatedCore = riscv<Hazard3Name>(
  { ...about, id: "hazard3-rp2350", name: "Hazard3 as in RP2350" },
  rp2350,
);

export const hazard3NoPredictor: SimulatedCore = riscv<Hazard3Name>(
  { ...about, id: "hazard3-nobp", name: "Hazard3 without branch predictor" },
  { ...rp2350, HAS_PREDICTOR: known(false, "BRANCH_PREDICTOR = 0") },
);

export const hazard3OnePort: SimulatedCore = riscv<Hazard3Name>(
  { ...about, id: "hazard3-1port", name: "Hazard3 with one bus port" },
  { ...rp2350, IS_ONE_PORT: known(true, "Hazard3 8272910, hdl/hazard3_cpu_1port.v: data goes before fetch") },
);

export const hazard3Small: SimulatedCore = riscv<Hazard3Name>(
  { ...about, id: "hazard3-small", name: "Hazard3 with a serial multiplier" },
  {
    ...rp2350,
    HAS_PREDICTOR: known(false, "BRANCH_PREDICTOR = 0"),
    MULTIPLY_CYCLES: known(34, `${serial}, MULDIV_UNROLL = 1: accept, 32 steps, result`),
    MULTIPLY_HIGH_CYCLES: known(34, `${serial}, MULDIV_UNROLL = 1`),
    MULTIPLIER: known(multipliers.signAdjusting, `${serial}: sign adjustment before and after`),
    DIVIDE_CYCLES: known(34, `${serial}, MULDIV_UNROLL = 1: accept, 32 steps, result`),
  },
);
