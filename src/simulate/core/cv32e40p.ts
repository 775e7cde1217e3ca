/** CV32E40P (OpenHW Group), four stages, without its PULP extensions and floating point. */
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { PipelinedName } from "./pipelined.ts";
import type { RiscvName } from "./riscv.ts";
import { dividers, multipliers, riscv, shifters } from "./riscv.ts";

const manual = "CV32E40P 6033d2b, docs/source/pipeline.rst";
const controller = "CV32E40P 6033d2b, rtl/cv32e40p_controller.sv";
const divider = "CV32E40P 6033d2b, rtl/cv32e40p_alu_div.sv and cv32e40p_alu.sv";

export const cv32e40p: SimulatedCore = riscv<RiscvName | PipelinedName>(
  {
    id: "cv32e40p",
    name: "CV32E40P",
    architecture: "rv32imc_zicsr_zifencei",
    rules: "riscv/timing/pipelined",
    resetAddress: undefined,
    coreType: 1,
  },
  {
    FETCH_BYTES: known(4, "CV32E40P 6033d2b, docs/source/instruction_fetch.rst"),
    FETCH_AHEAD: known(
      2,
      "CV32E40P 6033d2b, docs/source/instruction_fetch.rst: FIFO of two words; not measured with wait states",
    ),
    LOAD_CYCLES: known(1, manual),
    STORE_CYCLES: known(1, manual),
    MULTIPLY_CYCLES: known(1, manual),
    MULTIPLY_HIGH_CYCLES: known(5, manual),
    DIVIDE_CYCLES: known(3, `${divider}: IDLE, the first DIVIDE, FINISH`),
    DIVIDER: known(dividers.normalising, `${divider}: a DIVIDE for each place the divisor is shifted`),
    MULTIPLIER: known(multipliers.fixed, manual),
    SHIFTER: known(shifters.barrel, manual),
    TAKEN_CYCLES: known(3, manual),
    JUMP_CYCLES: known(2, manual),
    JALR_CYCLES: known(2, manual),
    UNALIGNED_TARGET_CYCLES: known(1, manual),
    LOAD_USE_WAITS: known(1, manual),
    LOAD_STORE_WAITS: known(1, `${controller}: load_stall_o, store data is read in decode`),
    LOAD_OVERWRITE_WAITS: known(
      1,
      `${controller}: load_stall_o, the next instruction writes the same register`,
    ),
    JALR_WAITS: known(1, `${controller}: jr_stall_o`),
    JALR_LINK_WAITS: known(1, "CV32E40P 6033d2b, RTL simulated: JALR that overwrites its own base"),
    STATUS_CYCLES: known(4, `${controller}: csr_status_i empties the pipeline`),
    FENCE_CYCLES: known(4, `${controller}: fencei_insn_i empties the pipeline, for FENCE too`),
    LATE_JALR_WAITS: known(1, `${controller}: jr_stall_o, a load still in write-back`),
    JUMPS_BEHIND_UNITS: known(
      true,
      `${controller}: jump_done, a jump is fetched while a unit is busy before it`,
    ),
    PREDICTS_BACKWARD: known(false, manual),
    MISPREDICTED_CYCLES: known(1, manual),
    TRAP_CYCLES: known(5, `${controller}: FLUSH_EX, FLUSH_WB, and the handler's fetch`),
    TRAP_RETURN_CYCLES: known(4, `${controller}: with the entry nine, RTL simulated`),
    MISALIGNED_TRAPS: known(false, manual),
    MISALIGNED_CYCLES: known(1, `${manual}: 2 cycles`),
    HAS_A: known(false, "CV32E40P has no A"),
    HAS_B: known(false, "CV32E40P has no B"),
    HAS_MACHINE_MODE: known(true, "CV32E40P 6033d2b, docs/source/control_status_registers.rst"),
    INHIBITED_AT_RESET: known(
      5,
      "CV32E40P 6033d2b, docs/source/control_status_registers.rst: mcountinhibit 0xd",
    ),
    MACHINE_ISA: known(
      0x40001104,
      "CV32E40P 6033d2b, docs/source/control_status_registers.rst: MXL 32, M, I, C",
    ),
  },
);
