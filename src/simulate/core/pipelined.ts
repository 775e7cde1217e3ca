/** What cores with the rules of `assembly/riscv/timing/pipelined.ts` must say. */
export type PipelinedName =
  | "LOAD_CYCLES" | "STORE_CYCLES" | "TAKEN_CYCLES" | "JUMP_CYCLES" | "JALR_CYCLES" | "UNALIGNED_TARGET_CYCLES"
  | "LOAD_USE_WAITS" | "LOAD_STORE_WAITS" | "LOAD_OVERWRITE_WAITS" | "JALR_WAITS"
  | "JALR_LINK_WAITS"
  | "STATUS_CYCLES"
  | "FENCE_CYCLES"
  | "TRAP_RETURN_CYCLES" | "LATE_JALR_WAITS"
  | "JUMPS_BEHIND_UNITS" | "PREDICTS_BACKWARD" | "MISPREDICTED_CYCLES"; // prettier-ignore
