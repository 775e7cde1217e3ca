/** Every instruction its price by the manual's table, whatever stands around it. */
import { BUSY, COST, HAZARD, IMMEDIATE, OP, TAKEN_COST, UNALIGNED } from "../../machine/code";
import {
  DIVIDE_CYCLES, EXCEPTION_CYCLES, JUMP_CYCLES, LOAD_CYCLES, LONG_MULTIPLY_CYCLES, MULTIPLE_CYCLES, MULTIPLY_CYCLES,
  RETURN_CYCLES, STORE_CYCLES, TAKEN_CYCLES,
} from "../../parameters";
import { add64 } from "../counters";
import { Op, isBranch, isDivide, isLoad, isLongMultiply, isMultiply, isStore } from "../op";

export { redirect, waitForData, waitForFetch } from "../../machine/fetch";

export function price(entry: u32): void {
  const op = <Op>load<u8>(entry, OP);
  store<u8>(entry, 0, HAZARD);
  store<u8>(entry, 0, UNALIGNED);
  store<u8>(entry, <u8>unitCycles(entry, op), COST);
  store<u8>(entry, <u8>takenCycles(entry, op), TAKEN_COST);
}

function unitCycles(entry: u32, op: Op): u32 {
  if (op == Op.Ldm || op == Op.Stm) return MULTIPLE_CYCLES + registers(entry);
  if (op == Op.Ldrd || op == Op.Strd) return MULTIPLE_CYCLES + 2;
  if (isLoad(op)) return LOAD_CYCLES;
  if (isStore(op)) return STORE_CYCLES;
  if (isLongMultiply(op)) return LONG_MULTIPLY_CYCLES;
  if (isMultiply(op)) return MULTIPLY_CYCLES;
  return isDivide(op) ? DIVIDE_CYCLES : 1;
}

function takenCycles(entry: u32, op: Op): u32 {
  if (op == Op.LdmPc) return MULTIPLE_CYCLES + registers(entry) + JUMP_CYCLES - 1;
  if (op == Op.LdrPc || op == Op.Tbb || op == Op.Tbh) return LOAD_CYCLES + JUMP_CYCLES - 1;
  return isBranch(op) || op == Op.B ? TAKEN_CYCLES : JUMP_CYCLES;
}

function registers(entry: u32): u32 {
  return popcnt<u32>(load<u16>(entry, IMMEDIATE));
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

/** An instruction whose condition fails takes one cycle. */
export function skipped(entry: u32, now: u64): u64 {
  add64(entry, 1 - <u64>load<u8>(entry, COST), BUSY);
  return now + 1;
}

export function divideCycles(entry: u32, dividend: u32, divisor: u32): u32 {
  return 0;
}

export function multiplyCycles(entry: u32, a: u32, b: u32): u32 {
  return 0;
}

/** Two accesses, or three where the address is odd. */
export function misalignedCycles(address: u32, bytes: u32): u32 {
  return address & 1 && bytes == 4 ? 2 : 1;
}

export function exceptionCycles(): u32 {
  return EXCEPTION_CYCLES;
}

export function returnCycles(): u32 {
  return RETURN_CYCLES;
}
