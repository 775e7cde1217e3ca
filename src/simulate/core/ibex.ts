/** Ibex (lowRISC): the configurations small and maxperf, the latter also with its branch predictor. */
import type { Parameter, SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { PipelinedName } from "./pipelined.ts";
import type { RiscvName } from "./riscv.ts";
import { dividers, multipliers, riscv, shifters } from "./riscv.ts";

const manual = "Ibex 8b8ee08, doc/03_reference/pipeline_details.rst";
const measured = "Ibex RTL, measured in simulation";
const divider = "Ibex 8b8ee08, rtl/ibex_multdiv_fast.sv";

type IbexName = RiscvName | PipelinedName;

const small: Readonly<Record<IbexName, Parameter>> = {
  FETCH_BYTES: known(4, "Ibex 8b8ee08, doc/03_reference/instruction_fetch.rst"),
  FETCH_AHEAD: known(
    3,
    "Ibex 8b8ee08, rtl/ibex_fetch_fifo.sv: DEPTH = NUM_REQS + 1; not measured with wait states",
  ),
  LOAD_CYCLES: known(2, manual),
  STORE_CYCLES: known(2, manual),
  MULTIPLY_CYCLES: known(3, `${manual}: fast multiplier`),
  MULTIPLY_HIGH_CYCLES: known(4, `${manual}: fast multiplier`),
  DIVIDE_CYCLES: known(2, `${divider}: MD_IDLE, MD_FINISH`),
  DIVIDER: known(dividers.zeroSkipping, `${divider}: 35 states between, which a divisor of zero skips`),
  MULTIPLIER: known(multipliers.fixed, manual),
  SHIFTER: known(shifters.barrel, manual),
  TAKEN_CYCLES: known(3, manual),
  JUMP_CYCLES: known(2, manual),
  JALR_CYCLES: known(2, manual),
  UNALIGNED_TARGET_CYCLES: known(1, measured),
  LOAD_USE_WAITS: known(0, `${manual}: loads finish before the next instruction`),
  LOAD_STORE_WAITS: known(0, `${manual}: loads finish before the next instruction`),
  LOAD_OVERWRITE_WAITS: known(0, `${manual}: loads finish before the next instruction`),
  JALR_WAITS: known(0, `${manual}: two stages`),
  JALR_LINK_WAITS: known(0, `${manual}: two stages`),
  STATUS_CYCLES: known(1, `${manual}: as any other register`),
  FENCE_CYCLES: known(1, `${manual}: nothing to wait for`),
  LATE_JALR_WAITS: known(0, `${manual}: two stages`),
  JUMPS_BEHIND_UNITS: known(false, `${manual}: two stages`),
  PREDICTS_BACKWARD: known(false, "BranchPredictor = 0"),
  MISPREDICTED_CYCLES: known(1, "BranchPredictor = 0"),
  TRAP_CYCLES: known(
    4,
    "Ibex 8b8ee08, rtl/ibex_controller.sv: DECODE, FLUSH, and the handler's fetch; not measured",
  ),
  TRAP_RETURN_CYCLES: known(4, "Ibex 8b8ee08, rtl/ibex_controller.sv: as the entry; not measured"),
  MISALIGNED_TRAPS: known(false, "Ibex 8b8ee08, doc/03_reference/load_store_unit.rst: two accesses"),
  MISALIGNED_CYCLES: known(1, "Ibex 8b8ee08, doc/03_reference/load_store_unit.rst: two accesses"),
  HAS_A: known(false, "Ibex has no A"),
  HAS_B: known(false, "RV32B = RV32BNone"),
  HAS_MACHINE_MODE: known(true, "Ibex 8b8ee08, doc/03_reference/cs_registers.rst"),
  INHIBITED_AT_RESET: known(0, "Ibex 8b8ee08, rtl/ibex_cs_registers.sv"),
  MACHINE_ISA: known(0x40101104, "Ibex 8b8ee08, rtl/ibex_cs_registers.sv: MXL 32, U, M, I, C"),
};

const maxperf: Readonly<Record<IbexName, Parameter>> = {
  ...small,
  LOAD_CYCLES: known(1, `${manual}: WritebackStage`),
  STORE_CYCLES: known(1, `${manual}: WritebackStage`),
  LOAD_USE_WAITS: known(1, `${manual}: WritebackStage, stall_ld_hz`),
  LOAD_STORE_WAITS: known(1, measured),
  MULTIPLY_CYCLES: known(1, `${manual}: single-cycle multiplier`),
  MULTIPLY_HIGH_CYCLES: known(2, `${manual}: single-cycle multiplier`),
  TAKEN_CYCLES: known(2, `${manual}: BranchTargetALU`),
  HAS_B: known(true, "RV32B = RV32BFull: Zba, Zbb and Zbs of it"),
};

const about = {
  rules: "riscv/timing/pipelined",
  architecture: "rv32imc_zicsr_zifencei",
  resetAddress: undefined,
  coreType: 1,
} as const;

export const ibexSmall: SimulatedCore = riscv<IbexName>(
  { ...about, id: "ibex-small", name: "Ibex, small" },
  small,
);

export const ibexMaxperf: SimulatedCore = riscv<IbexName>(
  {
    ...about,
    id: "ibex-maxperf",
    name: "Ibex, maxperf",
    architecture: "rv32imc_zicsr_zifencei_zba_zbb_zbs",
  },
  maxperf,
);

export const ibexMaxperfPredictor: SimulatedCore = riscv<IbexName>(
  {
    ...about,
    id: "ibex-maxperf-bp",
    name: "Ibex, maxperf with branch predictor",
    architecture: "rv32imc_zicsr_zifencei_zba_zbb_zbs",
  },
  {
    ...maxperf,
    PREDICTS_BACKWARD: known(true, "Ibex 8b8ee08, rtl/ibex_branch_predict.sv: backward branches and JAL"),
    MISPREDICTED_CYCLES: known(2, "Ibex 8b8ee08, rtl/ibex_if_stage.sv: nt_branch_mispredict_i"),
    JUMP_CYCLES: known(1, "Ibex 8b8ee08, rtl/ibex_branch_predict.sv: JAL is always predicted"),
  },
);
