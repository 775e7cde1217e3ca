/**
 * One instruction after the other, as Cortex-M0, M0+, M3, M4 and M33 run them: each its price by the manual's table, less
 * or more by what follows it in memory. What an instruction makes the next one wait is charged to itself.
 */
import {
  BUSY, COST, HAZARD, LENGTH, NOTE, OP, PAIRED, PC, TAKEN_COST, TRAITS, UNALIGNED, ENTRY, CONTROL,
} from "../../machine/code";
import { GRANULE } from "../../machine/layout";
import {
  ADDRESS_CYCLES, FOLDS_IT, IT_CYCLES, LOAD_USE_CYCLES, PAIRS_SHORT, PIPELINES_LOADS, SPLIT_TARGET_CYCLES,
} from "../../parameters";
import { add64 } from "../counters";
import { addresses, isUnaligned, nextOf, reads, writes } from "../look";
import { Op, isBranch, isJump, isLoad, isStore } from "../op";
import { isDirect, isSplitTarget, takenCycles, unitCycles } from "./prices";

export { redirect, waitForData, waitForFetch } from "../../machine/fetch";
export { divideCycles, exceptionCycles, misalignedCycles, multiplyCycles, returnCycles } from "./prices";

/** Bits of `TRAITS`: an IT that takes no cycle, a jump through a register, and how it may pair with its neighbours. */
const FOLDED: u32 = 1;
const INDIRECT: u32 = 2;
const FIRST: u32 = 4;
const SECOND: u32 = 8;
/** Above the registers that an instruction writes: it may be the first of a pair. */
const OPEN: u32 = 1 << 31;

/** Of the instruction before, what it writes if this one may pair with it, or 0. */
let open: u32 = 0;

export function price(entry: u32): void {
  const op = <Op>load<u8>(entry, OP);
  const isFolded = op == Op.It && (load<u16>(entry, TRAITS) & FOLDED) != 0;
  let cost = op == Op.It ? (isFolded ? 0 : IT_CYCLES) : unitCycles(entry, op);
  let hazard: u32 = 0;
  if (!isJump(op)) {
    const next = nextOf(entry);
    const following = <Op>load<u8>(next, OP);
    if (FOLDS_IT && following == Op.It && load<u8>(entry, LENGTH) == 2) fold(entry);
    if (PIPELINES_LOADS && isPipelined(entry, op, next, following)) cost -= 1;
    hazard = hazardBefore(entry, op, next, following);
  }
  const split = isDirect(op) && isSplitTarget(entry) ? SPLIT_TARGET_CYCLES : 0;
  store<u16>(entry, <u16>((isFolded ? FOLDED : 0) | (isJump(op) && !isDirect(op) ? INDIRECT : 0) | pairing(entry, op)), TRAITS);
  store<u32>(entry, <u32>(writes(entry) & 0x7fff) | (<u32>(reads(entry) & 0x7fff) << 16), NOTE);
  store<u8>(entry, <u8>hazard, HAZARD);
  store<u8>(entry, <u8>split, UNALIGNED);
  store<u8>(entry, <u8>(cost + hazard), COST);
  store<u8>(entry, <u8>(takenCycles(entry, op) + split), TAKEN_COST);
}

/** An IT after a 16-bit instruction is decoded beside it. */
function fold(entry: u32): void {
  if ((load<u32>(entry, PC) & (GRANULE - 1)) + 2 == GRANULE) return;
  const it = entry + ENTRY;
  store<u16>(it, load<u16>(it, TRAITS) | FOLDED, TRAITS);
  if (load<u8>(it, OP) == Op.It) store<u8>(it, 0, COST);
}

/** Of a single load, before another one or a store whose address it does not give. */
function isPipelined(entry: u32, op: Op, next: u32, following: Op): bool {
  if (!isSingleLoad(op) || (loaded(entry, op) & addresses(next)) != 0) return false;
  return isSingleLoad(following) || (following >= Op.StrReg && following <= Op.StrhReg);
}

function isSingleLoad(op: Op): bool {
  return op >= Op.LdrImm && op <= Op.LdrshIndexed;
}

/** What a single load loads, without the base register that it may move. */
function loaded(entry: u32, op: Op): u64 {
  return op >= Op.LdrIndexed ? writes(entry) & ~addresses(entry) : writes(entry);
}

/** Cycles that the next instruction waits for a register. */
function hazardBefore(entry: u32, op: Op, next: u32, following: Op): u32 {
  const isAccess = (isLoad(following) || isStore(following)) && following < Op.Dsp;
  if (isSingleLoad(op)) {
    const isUsed = (loaded(entry, op) & reads(next)) != 0;
    const isAddress = PIPELINES_LOADS && isAccess && (loaded(entry, op) & addresses(next)) != 0;
    return isUsed && !isAddress ? LOAD_USE_CYCLES : 0;
  }
  const isComputed = !isLoad(op) && !isStore(op) && !isBranch(op);
  return isComputed && isAccess && (writes(entry) & addresses(next)) != 0 ? ADDRESS_CYCLES : 0;
}

/** Two 16-bit instructions that need nothing of each other; only the first may access memory. */
function pairing(entry: u32, op: Op): u32 {
  if (!PAIRS_SHORT || load<u8>(entry, LENGTH) != 2) return 0;
  if (isBranch(op) || op == Op.B) return SECOND;
  if (isSingleLoad(op) || (op >= Op.StrImm && op <= Op.StrhIndexed)) return FIRST;
  return (op < Op.Mul && op > Op.Illegal) || op == Op.Nop ? FIRST | SECOND : 0;
}

/** Whether `entry` is done beside the instruction before it; then nothing can be done beside `entry`. */
function pairs(entry: u32): bool {
  const traits = <u32>load<u16>(entry, TRAITS);
  const note = load<u32>(entry, NOTE);
  const isPaired = open != 0 && (traits & SECOND) != 0 && (open & (note | (note >>> 16)) & 0x7fff) == 0;
  open = !isPaired && traits & FIRST ? OPEN | (note & 0x7fff) : 0;
  if (isPaired) add64(entry, 1, PAIRED);
  return isPaired;
}

// @ts-ignore: decorator
@inline
export function sequential(entry: u32, now: u64): u64 {
  const after = now + load<u8>(entry, COST);
  return PAIRS_SHORT && pairs(entry) ? after - 1 : after;
}

// @ts-ignore: decorator
@inline
export function transfer(entry: u32, target: u32, now: u64): u64 {
  let after = now + load<u8>(entry, TAKEN_COST);
  if (PAIRS_SHORT) {
    if (pairs(entry)) after -= 1;
    open = 0;
  }
  if (SPLIT_TARGET_CYCLES && load<u16>(entry, TRAITS) & INDIRECT && isUnaligned(target)) {
    add64(entry, SPLIT_TARGET_CYCLES, CONTROL);
    after += SPLIT_TARGET_CYCLES;
  }
  return after;
}

/** An instruction whose condition fails takes one cycle. */
export function skipped(entry: u32, now: u64): u64 {
  add64(entry, 1 - <u64>load<u8>(entry, COST), BUSY);
  return now + 1;
}
