import type { Parameter, Parameters } from "./core.ts";
import { known } from "./core.ts";

/** What each core with the rules of `assembly/riscv/timing/pipelined.ts` must say. */
export type PipelinedName =
  | "LOAD_CYCLES" | "STORE_CYCLES" | "MULTIPLY_CYCLES" | "MULTIPLY_HIGH_CYCLES" | "DIVIDE_CYCLES" | "BRANCH_CYCLES"
  | "TAKEN_CYCLES" | "JUMP_CYCLES" | "JALR_CYCLES" | "UNALIGNED_TARGET_CYCLES" | "LOAD_USE_WAITS" | "LOAD_STORE_WAITS"
  | "JALR_WAITS" | "DIVIDER" | "MULTIPLIER" | "SHIFTER" | "TRAP_CYCLES" | "MISALIGNED_TRAPS" | "MISALIGNED_CYCLES"
  | "HAS_A" | "HAS_B" | "HAS_MACHINE_MODE" | "INHIBITED_AT_RESET" | "MACHINE_ISA"; // prettier-ignore

/** RV32IMC with 32 registers, unless said otherwise. */
export function pipelined(
  parameters: Readonly<Record<PipelinedName, Parameter>>,
  others: Parameters = {},
): Parameters {
  return {
    HAS_C: known(true, "RV32C"),
    HAS_M: known(true, "RV32M"),
    REGISTERS: known(32, "RV32I"),
    ...parameters,
    ...others,
  };
}
