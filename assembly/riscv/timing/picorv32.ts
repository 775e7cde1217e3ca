/**
 * PicoRV32: an instruction at a time, each with its cycles; a 32-bit instruction that lies in two words costs one more
 * wherever it is met, also where it was fetched ahead and a taken branch before it made that useless.
 */
import { COST, HAZARD, IMMEDIATE, LENGTH, OP, PC, TAKEN_COST, UNALIGNED } from "../../machine/code";
import {
  ALU_CYCLES, COUNTER_CYCLES, DIVIDE_CYCLES, JALR_CYCLES, JUMP_CYCLES, LOAD_CYCLES, MULTIPLY_CYCLES, MULTIPLY_HIGH_CYCLES,
  SHIFT_CYCLES, STORE_CYCLES, TAKEN_CYCLES,
} from "../../parameters";
import { isUnaligned, isUnalignedAt } from "../look";
import { Op, isBranch, isDivide, isLoad, isMultiplyHigh, isShift, isShiftImmediate, isStore } from "../op";
import { shiftCycles } from "../units";

export { redirect, waitForData, waitForFetch } from "../../machine/fetch";
export { divideCycles, multiplyCycles, shiftCycles } from "../units";

export function price(entry: u32): void {
  const op = <Op>load<u16>(entry, OP);
  const own = <u32>isUnaligned(entry);
  const after = <u32>(isBranch(op) && isUnalignedAt(load<u32>(entry, PC) + load<u8>(entry, LENGTH)));
  store<u8>(entry, 0, HAZARD);
  store<u8>(entry, <u8>(unitCycles(entry, op) + own), COST);
  store<u8>(entry, <u8>(own + after), UNALIGNED);
  store<u8>(entry, <u8>(takenCycles(op) + own + after), TAKEN_COST);
}

function unitCycles(entry: u32, op: Op): u32 {
  if (isLoad(op)) return LOAD_CYCLES;
  if (isStore(op)) return STORE_CYCLES;
  if (op == Op.Mul) return MULTIPLY_CYCLES;
  if (isMultiplyHigh(op)) return MULTIPLY_HIGH_CYCLES;
  if (isDivide(op)) return DIVIDE_CYCLES;
  if (isShiftImmediate(op)) return SHIFT_CYCLES + shiftCycles(load<u32>(entry, IMMEDIATE));
  if (op == Op.Csr) return COUNTER_CYCLES;
  return isShift(op) ? SHIFT_CYCLES : ALU_CYCLES;
}

function takenCycles(op: Op): u32 {
  if (op == Op.Jal) return JUMP_CYCLES;
  return op == Op.Jalr ? JALR_CYCLES : TAKEN_CYCLES;
}

// @ts-ignore: decorator
@inline
export function sequential(entry: u32, now: u64): u64 {
  return now + load<u8>(entry, COST);
}

// @ts-ignore: decorator
@inline
export function transfer(entry: u32, target: u32, now: u64): u64 {
  return now + load<u8>(entry, TAKEN_COST);
}
