/**
 * SiFive E31: five stages, one instruction a cycle, which waits only for registers that are still to be written, for
 * the one multiplier and divider, and where the target of a jump was predicted wrongly.
 *
 * After the FE310-G000 manual, chapter 3: the latencies, and the sizes of the branch target buffer, branch history table
 * and return address stack. How those are indexed and replaced it does not say: here a branch's own two-bit counter, its
 * address without history, and the entry that was written first.
 */
import {
  CONTROL, COST, HAZARD, HAZARDS, LENGTH, OP, PC, RD, RS1, RS2, TAKEN_COST, TRAITS, UNALIGNED,
} from "../../machine/code";
import { reserve } from "../../machine/memory";
import {
  CSR_LATENCY, HISTORY_ENTRIES, LOAD_LATENCY, MISPREDICTED_CYCLES, MULTIPLY_CYCLES, NARROW_LOAD_LATENCY, RETURN_ENTRIES,
  TARGET_ENTRIES, TRAP_CYCLES,
} from "../../parameters";
import { Op, isBranch, isDivide, isLoad, isMultiplyHigh } from "../op";
import { isLink } from "../registers";
import * as units from "../units";

export { redirect, waitForData, waitForFetch } from "../../machine/fetch";
export { multiplyCycles, shiftCycles } from "../units";

/** Traits: the result's latency in the low six bits, and what the instruction is. */
const LATENCY: u32 = 63;
const BRANCH: u32 = 64;
const CALL: u32 = 128;
const RETURN: u32 = 256;
const JUMP: u32 = 512;
const TRAP: u32 = 1024;
const UNIT: u32 = 2048;

/** When each register may be read, by its offset in the register file, u64 each: what x0 takes is never read. */
const readyAt = reserve(33 * 8);
/** When the multiplier and divider is free, and how long the division of this instruction takes. */
let unitFree: u64 = 0;
let divideLatency: u32 = 0;
/** The branch target buffer: addresses of jumps, and of where they led; where in it an address was found last. */
const sources = reserve(TARGET_ENTRIES * 4);
const targets = reserve(TARGET_ENTRIES * 4);
const hints = reserve(1024);
let oldest: u32 = 0;
/** Two-bit counters. */
const history = reserve(HISTORY_ENTRIES);
const returns = reserve(RETURN_ENTRIES * 4);
let returnTop: u32 = 0;

export function price(entry: u32): void {
  const op = <Op>load<u8>(entry, OP);
  store<u16>(entry, <u16>(latencyOf(op) | kindOf(entry, op)), TRAITS);
  store<u8>(entry, 0, HAZARD);
  store<u8>(entry, 0, UNALIGNED);
  store<u8>(entry, 1, COST);
  store<u8>(entry, 1, TAKEN_COST);
}

function latencyOf(op: Op): u32 {
  if (op == Op.Lw || op == Op.Atomic) return LOAD_LATENCY;
  if (isLoad(op)) return NARROW_LOAD_LATENCY;
  if (op == Op.Mul || isMultiplyHigh(op)) return MULTIPLY_CYCLES;
  return op == Op.Csr ? CSR_LATENCY : 1;
}

function kindOf(entry: u32, op: Op): u32 {
  if (isBranch(op)) return BRANCH;
  if (op == Op.Jal) return isLink(load<u8>(entry, RD)) ? JUMP | CALL : JUMP;
  if (op == Op.Jalr) {
    if (isLink(load<u8>(entry, RD))) return JUMP | CALL;
    return isLink(load<u8>(entry, RS1)) ? JUMP | RETURN : JUMP;
  }
  if (op == Op.Ecall || op == Op.Ebreak || op == Op.Mret || op == Op.FenceI) return TRAP;
  return op == Op.Mul || isMultiplyHigh(op) || isDivide(op) ? UNIT : 0;
}

/** A division's own time is its result's latency. */
export function divideCycles(op: Op, dividend: u32, divisor: u32): u32 {
  divideLatency = units.divideCycles(op, dividend, divisor);
  return 0;
}

// @ts-ignore: decorator
@inline
function add64(entry: u32, value: u64, offset: u32): void {
  store<u64>(entry + offset, load<u64>(entry + offset) + value);
}

// @ts-ignore: decorator
@inline
function readyTime(offset: u32): u64 {
  return load<u64>(readyAt + (offset << 1));
}

/** The cycle after the one in which the instruction issues. */
// @ts-ignore: decorator
@inline
function issue(entry: u32, traits: u32, now: u64): u64 {
  let start = max(now, max(readyTime(load<u8>(entry, RS1)), readyTime(load<u8>(entry, RS2))));
  const rd = <u32>load<u8>(entry, RD);
  if (rd != 128) start = max(start, readyTime(rd));
  let latency = traits & LATENCY;
  if (traits & UNIT) {
    start = max(start, unitFree);
    if (divideLatency) {
      latency = divideLatency;
      divideLatency = 0;
    }
    unitFree = start + latency;
  }
  if (start > now) add64(entry, start - now, HAZARDS);
  if (rd != 128) store<u64>(readyAt + (rd << 1), start + latency);
  return start + 1;
}

/** An instruction that goes on to the next: wrong if it was predicted to jump. */
// @ts-ignore: decorator
@inline
export function sequential(entry: u32, now: u64): u64 {
  const traits = <u32>load<u16>(entry, TRAITS);
  const after = issue(entry, traits, now);
  return traits & BRANCH ? after + untaken(entry) : after;
}

function untaken(entry: u32): u64 {
  const pc = load<u32>(entry, PC);
  const isPredicted = find(pc) < TARGET_ENTRIES && counter(pc) >= 2;
  if (counter(pc) > 0) setCounter(pc, counter(pc) - 1);
  return isPredicted ? mispredicted(entry) : 0;
}

/** An instruction that jumps: it costs nothing if that and its target were predicted. */
export function transfer(entry: u32, target: u32, now: u64): u64 {
  const traits = <u32>load<u16>(entry, TRAITS);
  const after = issue(entry, traits, now);
  const pc = load<u32>(entry, PC);
  const to = load<u32>(target, PC);
  if (!(traits & (BRANCH | JUMP))) {
    add64(entry, TRAP_CYCLES - 1, CONTROL);
    return after + TRAP_CYCLES - 1;
  }
  const isRight = predictedTarget(pc, traits) == to;
  if (traits & BRANCH && counter(pc) < 3) setCounter(pc, counter(pc) + 1);
  if (traits & CALL) pushReturn(pc + load<u8>(entry, LENGTH));
  remember(pc, to);
  return isRight ? after : after + mispredicted(entry);
}

function mispredicted(entry: u32): u64 {
  add64(entry, MISPREDICTED_CYCLES, CONTROL);
  return MISPREDICTED_CYCLES;
}

/** Where a jump at `pc` is expected to lead; 1, which is no address, if none is expected. */
function predictedTarget(pc: u32, traits: u32): u32 {
  const at = find(pc);
  if (at == TARGET_ENTRIES) return 1;
  if (traits & RETURN) return popReturn();
  return traits & BRANCH && counter(pc) < 2 ? 1 : load<u32>(targets + at * 4);
}

/** Its place in the branch target buffer, or `TARGET_ENTRIES`. */
function find(pc: u32): u32 {
  const hint = hints + ((pc >>> 1) & 1023);
  if (load<u32>(sources + <u32>load<u8>(hint) * 4) == pc) return load<u8>(hint);
  for (let i: u32 = 0; i < TARGET_ENTRIES; i++) {
    if (load<u32>(sources + i * 4) != pc) continue;
    store<u8>(hint, <u8>i);
    return i;
  }
  return TARGET_ENTRIES;
}

function remember(pc: u32, target: u32): void {
  let at = find(pc);
  if (at == TARGET_ENTRIES) {
    at = oldest;
    oldest = (oldest + 1) % TARGET_ENTRIES;
    store<u32>(sources + at * 4, pc);
  }
  store<u32>(targets + at * 4, target);
}

// @ts-ignore: decorator
@inline
function counter(pc: u32): u32 {
  return load<u8>(history + ((pc >>> 1) & (HISTORY_ENTRIES - 1)));
}

// @ts-ignore: decorator
@inline
function setCounter(pc: u32, value: u32): void {
  store<u8>(history + ((pc >>> 1) & (HISTORY_ENTRIES - 1)), <u8>value);
}

/** The stack wraps: the deepest return is lost. */
function pushReturn(address: u32): void {
  returnTop = (returnTop + 1) % RETURN_ENTRIES;
  store<u32>(returns + returnTop * 4, address);
}

function popReturn(): u32 {
  const address = load<u32>(returns + returnTop * 4);
  returnTop = (returnTop + RETURN_ENTRIES - 1) % RETURN_ENTRIES;
  return address;
}
