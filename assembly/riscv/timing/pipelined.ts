/**
 * Cores whose pipeline makes every price a property of an instruction and of its neighbours in memory: whoever waits
 * for a load, say, waits for the instruction just before it, because a taken jump takes longer than a load.
 */
import {
  COST, FETCH, HAZARD, IMMEDIATE, OP, PC, RD, RS1, RS2, TAKEN_COST, UNALIGNED,
} from "../../machine/code";
import {
  DIVIDE_CYCLES, FENCE_CYCLES, JALR_CYCLES, JALR_LINK_WAITS, JALR_WAITS, JUMPS_BEHIND_UNITS, JUMP_CYCLES, LATE_JALR_WAITS, LOAD_CYCLES,
  LOAD_OVERWRITE_WAITS, LOAD_STORE_WAITS, LOAD_USE_WAITS, MISPREDICTED_CYCLES, MULTIPLY_CYCLES, MULTIPLY_HIGH_CYCLES,
  PREDICTS_BACKWARD, STATUS_CYCLES, STORE_CYCLES, TAKEN_CYCLES, TRAP_CYCLES, TRAP_RETURN_CYCLES, UNALIGNED_TARGET_CYCLES,
} from "../../parameters";
import { isUnaligned, nextOf, targetIsUnaligned } from "../look";
import { Op, isBranch, isDivide, isLoad, isMultiplyHigh, isStore, isTrap, writesRegister } from "../op";

export { redirect, waitForData, waitForFetch } from "../../machine/fetch";
export { divideCycles, multiplyCycles, shiftCycles } from "../units";

/** Sets what `entry` costs when nothing unforeseen happens. */
export function price(entry: u32): void {
  const op = <Op>load<u16>(entry, OP);
  const waits = hazard(entry, op);
  store<u8>(entry, <u8>waits, HAZARD);
  store<u8>(entry, <u8>(unitCycles(entry, op) + waits), COST);
  const unaligned = (op == Op.Jal || isBranch(op)) && targetIsUnaligned(entry) ? UNALIGNED_TARGET_CYCLES : 0;
  store<u8>(entry, <u8>unaligned, UNALIGNED);
  store<u8>(entry, <u8>(takenCycles(entry, op) + unaligned), TAKEN_COST);
}

function unitCycles(entry: u32, op: Op): u32 {
  if (isLoad(op)) return LOAD_CYCLES;
  if (isStore(op)) return STORE_CYCLES;
  if (op == Op.Mul) return MULTIPLY_CYCLES - coveredJump(entry, MULTIPLY_CYCLES);
  if (isMultiplyHigh(op)) return MULTIPLY_HIGH_CYCLES - coveredJump(entry, MULTIPLY_HIGH_CYCLES);
  if (isDivide(op)) return DIVIDE_CYCLES - coveredJump(entry, DIVIDE_CYCLES);
  if (op == Op.Fence) return FENCE_CYCLES;
  if (op == Op.Csr) return isStatus(load<u32>(entry, IMMEDIATE) >>> 20) ? STATUS_CYCLES : 1;
  if (!isPredicted(entry, op)) return 1;
  return MISPREDICTED_CYCLES + (isUnaligned(nextOf(entry)) ? UNALIGNED_TARGET_CYCLES : 0);
}

/** MSTATUS, MTVEC, MEPC, MCAUSE and all counters: some cores empty their pipeline behind them. */
function isStatus(csr: u32): bool {
  const page = csr >>> 8;
  if (page != 3) return page == 0xb || page == 0xc;
  return csr == 0x300 || csr == 0x305 || csr == 0x341 || csr == 0x342 || (csr >>> 5) == 0x19;
}

/** 1 if the next instruction is a jump, whose fetch begins while this one's unit is busy. */
function coveredJump(entry: u32, cycles: u32): u32 {
  if (!JUMPS_BEHIND_UNITS || cycles == 1) return 0;
  const next = nextOf(entry);
  const follower = <Op>load<u16>(next, OP);
  return <u32>(follower == Op.Jal || (follower == Op.Jalr && load<u8>(next, RS1) != load<u8>(entry, RD)));
}

function takenCycles(entry: u32, op: Op): u32 {
  if (op == Op.Jal) return JUMP_CYCLES;
  if (op == Op.Mret) return TRAP_RETURN_CYCLES;
  if (isTrap(op) || isLoad(op) || isStore(op)) return TRAP_CYCLES;
  if (op == Op.FenceI) return max(FENCE_CYCLES, JALR_CYCLES);
  if (op == Op.Jalr) return load<u8>(entry, RD) == load<u8>(entry, RS1) ? JALR_CYCLES + JALR_LINK_WAITS : JALR_CYCLES;
  return isPredicted(entry, op) ? 1 : TAKEN_CYCLES;
}

function isPredicted(entry: u32, op: Op): bool {
  return PREDICTS_BACKWARD && isBranch(op) && load<u32>(entry, IMMEDIATE) < load<u32>(entry, PC);
}

/** Cycles that instructions after `entry` wait for its result, counted as `entry`'s. */
function hazard(entry: u32, op: Op): u32 {
  const rd = load<u8>(entry, RD);
  const isLoaded = isLoad(op);
  const next = nextOf(entry);
  const follower = <Op>load<u16>(next, OP);
  const usesFirst = load<u8>(next, RS1) == rd;
  const usesSecond = load<u8>(next, RS2) == rd;
  if (follower == Op.Jalr && usesFirst) return isLoaded ? LOAD_USE_WAITS + LATE_JALR_WAITS : JALR_WAITS;
  if (!isLoaded) return 0;
  if (isStore(follower) && usesSecond && !usesFirst) return LOAD_STORE_WAITS;
  if (usesFirst || usesSecond) return LOAD_USE_WAITS;
  if (load<u8>(next, RD) == rd && rd != 128 && writesRegister(follower)) return LOAD_OVERWRITE_WAITS;
  return LATE_JALR_WAITS && isQuick(follower) ? lateJalr(next, rd) : 0;
}

/** One cycle, and on to the next in memory. */
function isQuick(op: Op): bool {
  return !isBranch(op) && op != Op.Jal && op != Op.Jalr && !isMultiplyHigh(op) && !isDivide(op) && !isTrap(op);
}

/** A JALR two instructions after a load of its register; `middle` is given up. */
function lateJalr(middle: u32, rd: u8): u32 {
  if (load<u8>(middle, RD) == rd) return 0;
  const after = nextOf(middle);
  return <Op>load<u16>(after, OP) == Op.Jalr && load<u8>(after, RS1) == rd ? LATE_JALR_WAITS : 0;
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
  return load<u8>(entry, OP) == Op.Jalr && isUnaligned(target) ? late(entry, now) : now;
}

function late(entry: u32, now: u64): u64 {
  store<u64>(entry, load<u64>(entry, FETCH) + UNALIGNED_TARGET_CYCLES, FETCH);
  return now + UNALIGNED_TARGET_CYCLES;
}
