/**
 * Cores whose pipeline makes every price a property of an instruction and of its neighbours in memory: whoever waits
 * for a load, say, waits for the instruction just before it, because a taken jump takes longer than a load.
 */
import { COST, FETCH, HAZARD, OP, RD, RS1, RS2, TAKEN_COST, UNALIGNED } from "../../machine/code";
import {
  BRANCH_CYCLES, DIVIDE_CYCLES, JALR_CYCLES, JALR_WAITS, JUMP_CYCLES, LOAD_CYCLES, LOAD_STORE_WAITS, LOAD_USE_WAITS,
  MULTIPLY_CYCLES, MULTIPLY_HIGH_CYCLES, STORE_CYCLES, TAKEN_CYCLES, UNALIGNED_TARGET_CYCLES,
} from "../../parameters";
import { isUnaligned, nextOf, targetIsUnaligned } from "../look";
import { Op, isBranch, isDivide, isLoad, isMultiplyHigh, isStore } from "../op";

export { divideCycles, multiplyCycles, shiftCycles } from "../units";

/** Sets what `entry` costs when nothing unforeseen happens. */
export function price(entry: u32): void {
  const op = <Op>load<u16>(entry, OP);
  const waits = hazard(entry, op);
  store<u8>(entry, <u8>waits, HAZARD);
  store<u8>(entry, <u8>(unitCycles(op) + waits), COST);
  const unaligned = op == Op.Jal || isBranch(op) ? <u32>targetIsUnaligned(entry) : 0;
  store<u8>(entry, <u8>(unaligned * UNALIGNED_TARGET_CYCLES), UNALIGNED);
  store<u8>(entry, <u8>(takenCycles(op) + unaligned * UNALIGNED_TARGET_CYCLES), TAKEN_COST);
}

function unitCycles(op: Op): u32 {
  if (isLoad(op)) return LOAD_CYCLES;
  if (isStore(op)) return STORE_CYCLES;
  if (op == Op.Mul) return MULTIPLY_CYCLES;
  if (isMultiplyHigh(op)) return MULTIPLY_HIGH_CYCLES;
  if (isDivide(op)) return DIVIDE_CYCLES;
  return BRANCH_CYCLES;
}

function takenCycles(op: Op): u32 {
  if (op == Op.Jal) return JUMP_CYCLES;
  return op == Op.Jalr ? JALR_CYCLES : TAKEN_CYCLES;
}

/** Cycles that the instruction after `entry` waits for its result, counted as `entry`'s. */
function hazard(entry: u32, op: Op): u32 {
  const next = nextOf(entry);
  const rd = load<u8>(entry, RD);
  const usesFirst = load<u8>(next, RS1) == rd;
  const usesSecond = load<u8>(next, RS2) == rd;
  const follower = <Op>load<u16>(next, OP);
  if (follower == Op.Jalr && usesFirst && JALR_WAITS) return JALR_WAITS;
  if (!isLoad(op)) return 0;
  if (isStore(follower) && usesSecond && !usesFirst) return LOAD_STORE_WAITS;
  return usesFirst || usesSecond ? LOAD_USE_WAITS : 0;
}

// @ts-ignore: decorator
@inline
export function sequential(entry: u32, now: u64): u64 {
  return now + load<u8>(entry, COST);
}

// @ts-ignore: decorator
@inline
export function transfer(entry: u32, target: u32, now: u64): u64 {
  now += load<u8>(entry, TAKEN_COST);
  return load<u16>(entry, OP) == Op.Jalr && isUnaligned(target) ? late(entry, now) : now;
}

function late(entry: u32, now: u64): u64 {
  store<u64>(entry, load<u64>(entry, FETCH) + UNALIGNED_TARGET_CYCLES, FETCH);
  return now + UNALIGNED_TARGET_CYCLES;
}
