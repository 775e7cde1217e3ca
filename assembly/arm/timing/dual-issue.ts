/**
 * Two instructions a cycle, in order, as Cortex-M7 runs them: `now` is the cycle after the one in which the last
 * instruction was issued; an instruction that may go beside it is issued in that cycle too.
 */
import {
  CONTROL, COST, HAZARD, HAZARDS, IMMEDIATE, LENGTH, NOTE, OP, PAIRED, PC, TAKEN_COST, TRAITS, UNALIGNED,
} from "../../machine/code";
import { reserve } from "../../machine/memory";
import { MISPREDICTED_CYCLES, SHORT_LOAD_CYCLES } from "../../parameters";
import { add64 } from "../counters";
import { reads, writes } from "../look";
import { Op, isBranch, isDivide, isJump, isLoad, isMultiply, isStore } from "../op";
import { registers, unitCycles } from "./prices";

export { redirect, waitForData, waitForFetch } from "../../machine/fetch";
export { divideCycles, exceptionCycles, misalignedCycles, multiplyCycles, returnCycles } from "./prices";

/** Bits of `TRAITS`. */
const LOADS: u32 = 1;
const STORES: u32 = 2;
const MULTIPLIES: u32 = 4;
/** Only the first of a pair can be it. */
const LEADS: u32 = 8;
const SHIFTS: u32 = 16;
const JUMPS: u32 = 32;
const ALONE: u32 = 64;
/** Loads a byte or halfword, which is there a cycle later than a word. */
const SHORT: u32 = 128;

/** The first of a pair that the next instruction may complete: what it writes and is. `isOpen` if there is one. */
let isOpen: bool = false;
let firstWrites: u32 = 0;
let firstTraits: u32 = 0;
/** Registers that are there only at `lateAt`. */
let late: u32 = 0;
let lateAt: u64 = 0;

/** Two-bit counters, one for each of 4096 places in the code, and the addresses that the last calls return to. */
const COUNTERS: u32 = 4096;
const counters = reserve(COUNTERS);
const RETURNS: u32 = 8;
const returns = reserve(RETURNS * 4);
let calls: u32 = 0;

export function price(entry: u32): void {
  const op = <Op>load<u8>(entry, OP);
  const cost = op == Op.Ldm || op == Op.Stm ? (registers(entry) + 1) >>> 1 : isDivide(op) || op >= Op.Float ? unitCycles(entry, op) : 1;
  store<u32>(entry, <u32>(writes(entry) & 0x7fff) | (<u32>(reads(entry) & 0x7fff) << 16), NOTE);
  store<u16>(entry, <u16>traitsOf(op), TRAITS);
  store<u8>(entry, 0, HAZARD);
  store<u8>(entry, 0, UNALIGNED);
  store<u8>(entry, <u8>cost, COST);
  store<u8>(entry, <u8>(op == Op.LdmPc ? (registers(entry) + 1) >>> 1 : 1), TAKEN_COST);
}

function traitsOf(op: Op): u32 {
  if (op >= Op.Float) return LEADS;
  if (op >= Op.Smlabb && op <= Op.Umaal) return MULTIPLIES | LEADS;
  if (op >= Op.Dsp) return SHIFTS | LEADS;
  if (op == Op.Ldm || op == Op.LdmPc || op == Op.Stm) return ALONE;
  if (isLoad(op)) return isShortLoad(op) ? LOADS | SHORT : LOADS;
  if (isStore(op)) return STORES;
  if (isMultiply(op) || isDivide(op)) return MULTIPLIES | LEADS;
  if (isBranch(op) || isJump(op)) return JUMPS;
  return isShift(op) ? SHIFTS : 0;
}

function isShortLoad(op: Op): bool {
  return op != Op.LdrImm && op != Op.LdrReg && op != Op.LdrIndexed && op < Op.Ldrd;
}

/** One shifter: also for extending, for bit fields and for shifted operands. */
function isShift(op: Op): bool {
  return (op >= Op.AddShift && op <= Op.BicShift) || (op >= Op.LslImm && op <= Op.Bfi);
}

/** Whether an instruction with these traits and registers goes beside the first. */
function completes(traits: u32, note: u32): bool {
  if (!isOpen || (firstWrites & (note | (note >>> 16)) & 0x7fff) != 0) return false;
  if (traits & (LEADS | ALONE) || firstTraits & ALONE) return false;
  if (traits & firstTraits & (SHIFTS | JUMPS | STORES)) return false;
  return !(traits & STORES && firstTraits & LOADS) && !(traits & LOADS && firstTraits & STORES);
}

/** Issues `entry` and gives the cycle after. */
function issue(entry: u32, now: u64): u64 {
  const traits = <u32>load<u16>(entry, TRAITS);
  const note = load<u32>(entry, NOTE);
  const ready = late & (note >>> 16) ? lateAt : 0;
  if (ready < now && completes(traits, note)) {
    isOpen = false;
    add64(entry, 1, PAIRED);
    if (traits & SHORT) isLate(note, now - 1);
    return now;
  }
  const at = max(now, ready);
  if (at > now) add64(entry, at - now, HAZARDS);
  isOpen = true;
  firstWrites = note;
  firstTraits = traits;
  if (traits & SHORT) isLate(note, at);
  return at + 1;
}

function isLate(note: u32, issued: u64): void {
  late = note & 0x7fff;
  lateAt = issued + SHORT_LOAD_CYCLES;
}

export function sequential(entry: u32, now: u64): u64 {
  const after = issue(entry, now) + load<u8>(entry, COST) - 1;
  if (load<u16>(entry, TRAITS) & JUMPS && !foresaw(entry, false)) return mispredict(entry, after);
  return after;
}

export function transfer(entry: u32, target: u32, now: u64): u64 {
  const after = issue(entry, now) + load<u8>(entry, TAKEN_COST) - 1;
  isOpen = false;
  return isForeseen(entry, load<u32>(target, PC)) ? after : mispredict(entry, after);
}

export function skipped(entry: u32, now: u64): u64 {
  const cost = <u64>load<u8>(entry, COST);
  if (cost > 1) add64(entry, 1 - cost, HAZARDS);
  return issue(entry, now);
}

function mispredict(entry: u32, after: u64): u64 {
  isOpen = false;
  add64(entry, MISPREDICTED_CYCLES, CONTROL);
  return after + MISPREDICTED_CYCLES;
}

/** Of a jump that was taken. */
function isForeseen(entry: u32, target: u32): bool {
  const op = <Op>load<u8>(entry, OP);
  if (isBranch(op)) return foresaw(entry, true);
  if (op == Op.Bl || op == Op.Blx) {
    store<u32>(returns + (calls % RETURNS) * 4, load<u32>(entry, PC) + load<u8>(entry, LENGTH));
    calls += 1;
    return op == Op.Bl;
  }
  if (op != Op.Bx && op != Op.LdmPc) return op == Op.B;
  if (calls > 0) calls -= 1;
  return load<u32>(returns + (calls % RETURNS) * 4) == target;
}

/** Whether the counter of a conditional branch said what came, which it learns; one never met says taken if backwards. */
function foresaw(entry: u32, isTaken: bool): bool {
  const pc = load<u32>(entry, PC);
  const at = counters + ((pc >>> 1) & (COUNTERS - 1));
  const known = <u32>load<u8>(at);
  const state = known ? known - 1 : load<u32>(entry, IMMEDIATE) < pc ? 2 : 1;
  store<u8>(at, <u8>(isTaken ? min<u32>(state + 2, 4) : max<u32>(state, 1)));
  return state >= 2 == isTaken;
}
