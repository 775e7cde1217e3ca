/** What cores with the rules of `assembly/arm/timing/simple.ts` must say. */
export type SimpleName =
  | "LOAD_CYCLES" | "STORE_CYCLES" | "MULTIPLE_CYCLES" | "MULTIPLY_CYCLES" | "LONG_MULTIPLY_CYCLES" | "DIVIDE_CYCLES"
  | "TAKEN_CYCLES" | "JUMP_CYCLES" | "EXCEPTION_CYCLES" | "RETURN_CYCLES"; // prettier-ignore
