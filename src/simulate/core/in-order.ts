/** What cores with the rules of `assembly/arm/timing/in-order.ts` must say. */
import type { Parameter } from "./core.ts";

/** Prices that `assembly/arm/timing/prices.ts` reads, of every Arm core. */
export type PriceName =
  | "LOAD_CYCLES" | "STORE_CYCLES" | "STORE_REGISTER_CYCLES" | "MULTIPLE_CYCLES" | "MULTIPLY_CYCLES" | "MULTIPLY_ADD_CYCLES"
  | "LONG_MULTIPLY_CYCLES" | "LONG_ADD_CYCLES" | "SIZES_MULTIPLY" | "DIVIDE_CYCLES" | "DIVIDE_MOST_CYCLES" | "TAKEN_CYCLES"
  | "CALL_CYCLES" | "JUMP_CYCLES" | "TABLE_CYCLES" | "LOAD_PC_CYCLES" | "POP_PC_CYCLES" | "SYSTEM_CYCLES"
  | "FLOAT_ACCUMULATE_CYCLES" | "FLOAT_DIVIDE_CYCLES" | "EXCEPTION_CYCLES" | "RETURN_CYCLES"; // prettier-ignore

/** What an instruction does to the one after it. */
export type InOrderName =
  | PriceName | "ADDRESS_CYCLES" | "FOLDS_IT" | "IT_CYCLES" | "LOAD_USE_CYCLES" | "PAIRS_SHORT" | "PIPELINES_LOADS"
  | "SPLIT_TARGET_CYCLES" | "FETCH_BYTES" | "FETCH_AHEAD"; // prettier-ignore

export type InOrder = Readonly<Record<InOrderName, Parameter>>;
