/**
 * Hazard3 cycle by cycle: three stages, of which the first runs ahead into a queue of two words and a buffer of three
 * halfwords, with a predictor of one entry, and shares one port with loads and stores or has its own.
 *
 * After hdl/hazard3_frontend.v and hazard3_core.v, on memory that answers in the next cycle. What is in flight is
 * written as a count of halfwords (low two bits) and, above, which of them belong to a predicted branch, first to last.
 */
import {
  BUSY, CONTROL, COST, FETCH, HAZARD, HAZARDS, IMMEDIATE, LENGTH, OP, PC, RD, RS1, RS2, TAKEN_COST, TRAITS, UNALIGNED,
} from "../../machine/code";
import { fetchWaits } from "../../machine/waits";
import { HAS_PREDICTOR, HAS_WAITS, IS_ONE_PORT, MULTIPLY_CYCLES, MULTIPLY_HIGH_CYCLES, DIVIDE_CYCLES } from "../../parameters";
import { LR, SC, isAttempted } from "../atomic";
import { nextOf } from "../look";
import { severalCount } from "../several";
import { Op, isBranch, isDivide, isLoad, isMultiplyHigh, isStore } from "../op";
import * as units from "../units";

/** Traits: uses the data port; is a conditional branch, and a backward one; the next instruction needs its load. */
const MEMORY: u32 = 1;
const BRANCH: u32 = 2;
const BACKWARD: u32 = 4;
const LOAD_USED: u32 = 8;
/** Enters or leaves a trap: jumps from the third stage. */
const LATE: u32 = 16;
/** FENCE.I: empties the predictor, as traps do. */
const FORGETS: u32 = 32;
/** Reads, modifies and writes memory, with the data port in its first and third cycles. */
const AMO: u32 = 64;
/** Zcmp's returns: they take cycles before they jump. */
const RETURNS: u32 = 256;
/** SC: uses the data port only if there is a reservation. */
const CONDITIONAL: u32 = 128;

/** More stalled cycles than these in a row change nothing: the queue is full. */
const SETTLED: u32 = 6;

/** Halfwords ready to decode, up to three, and their marks. */
let ready: u32 = 0;
let readyMarks: u32 = 0;
/** The queue, first word first, and the word that arrives in this cycle; 0 is none. */
let first: u32 = 0;
let second: u32 = 0;
let arriving: u32 = 0;
/** The next word to fetch, whether only its upper half counts, and whether its address already waits for the port. */
let fetchAddress: u32 = 0;
let isUpperOnly: bool = false;
let isHeld: bool = false;
/** The predictor: word and offset of the branch, its size, its target. No address is 1. */
let predictedWord: u32 = 1;
let predictedUpper: bool = false;
let predictedLong: bool = false;
let predictedTarget: u32 = 0;
/** The last word fetched was the first of a predicted branch that lies in two. */
let isOverhanging: bool = false;
/** The instruction before was a load whose result this one needs. */
let waitsForLoad: bool = false;
/** The jump that led to this instruction, 0 if none did. */
let jumped: u32 = 0;
/** Cycles that the unit of this instruction takes beyond its price. */
let unitStall: u32 = 0;
/** Where memory waits: the cycle, those until `arriving` arrives, and those of data not yet let pass. */
let time: u64 = 0;
let late: u32 = 0;
let dataStall: u32 = 0;

export function price(entry: u32): void {
  const op = <Op>load<u16>(entry, OP);
  store<u16>(entry, <u16>traitsOf(entry, op), TRAITS);
  store<u8>(entry, 0, HAZARD);
  store<u8>(entry, 0, UNALIGNED);
  store<u8>(entry, <u8>(op >= Op.Push ? severalCycles(entry, op) : unitCycles(op)), COST);
  store<u8>(entry, 1, TAKEN_COST);
}

function traitsOf(entry: u32, op: Op): u32 {
  if (op == Op.FenceI) return FORGETS;
  if (op == Op.Push || op == Op.Pop) return MEMORY;
  if (op == Op.PopReturn || op == Op.PopReturnZero) return RETURNS;
  if (op == Op.Ecall || op == Op.Ebreak || op == Op.Mret) return LATE | FORGETS;
  if (isBranch(op)) return load<u32>(entry, IMMEDIATE) < load<u32>(entry, PC) ? BRANCH | BACKWARD : BRANCH;
  if (isStore(op)) return MEMORY;
  if (op == Op.Atomic && load<u32>(entry, IMMEDIATE) != LR && load<u32>(entry, IMMEDIATE) != SC) return AMO;
  if (!isLoad(op) && op != Op.Atomic) return 0;
  const next = nextOf(entry);
  const uses = op == Op.Atomic && load<u32>(entry, IMMEDIATE) == SC ? MEMORY | CONDITIONAL : MEMORY;
  // LR and SC leave the bus a cycle before the next exclusive access.
  if (op == Op.Atomic && load<u16>(next, OP) == Op.Atomic) return uses | LOAD_USED;
  const rd = load<u8>(entry, RD);
  const isStored = load<u8>(next, RS2) == rd && !isStore(<Op>load<u16>(next, OP));
  return load<u8>(next, RS1) == rd || isStored ? uses | LOAD_USED : uses;
}

function unitCycles(op: Op): u32 {
  if (op == Op.Mul) return MULTIPLY_CYCLES;
  if (isMultiplyHigh(op)) return MULTIPLY_HIGH_CYCLES;
  return isDivide(op) ? DIVIDE_CYCLES : 1;
}

/** Of Zcmp, without the cycles of the return's jump: its address is known after the load of ra, which comes last. */
function severalCycles(entry: u32, op: Op): u32 {
  if (op == Op.MoveToSaved || op == Op.MoveFromSaved) return 2;
  const count = severalCount(entry);
  if (op == Op.PopReturn) return max(count, 2) + 1;
  return op == Op.PopReturnZero ? count + 2 : count + 1;
}

export function divideCycles(op: Op, dividend: u32, divisor: u32): u32 {
  return (unitStall = units.divideCycles(op, dividend, divisor));
}

export function multiplyCycles(op: Op, a: u32, b: u32): u32 {
  return (unitStall = units.multiplyCycles(op, a, b));
}

// @ts-ignore: decorator
@inline
export function shiftCycles(amount: u32): u32 {
  return 0;
}

/** Fetching is clocked here, and what an instruction waits for is found in `begin`. */
// @ts-ignore: decorator
@inline
export function waitForFetch(entry: u32, now: u64): u64 {
  return 0;
}

// @ts-ignore: decorator
@inline
export function redirect(): void {}

// @ts-ignore: decorator
@inline
export function waitForData(cycles: u32): void {
  dataStall += cycles;
}

// @ts-ignore: decorator
@inline
function add64(entry: u32, value: u64, offset: u32): void {
  store<u64>(entry + offset, load<u64>(entry + offset) + value);
}

/** An instruction that goes on to the next: for a predicted branch that is the jump. */
export function sequential(entry: u32, now: u64): u64 {
  const halfwords = <u32>load<u8>(entry, LENGTH) >>> 1;
  const traits = <u32>load<u16>(entry, TRAITS);
  now += begin(entry, halfwords, now);
  if (HAS_PREDICTOR && traits & BRANCH && readyMarks & 1) {
    now += jump(load<u32>(entry, PC) + load<u8>(entry, LENGTH));
    predictedWord = 1;
    jumped = entry;
    return now + 1;
  }
  if (traits & AMO) now += modify(entry);
  clock(halfwords, (traits & MEMORY) != 0 && !(traits & CONDITIONAL && !isAttempted));
  waitsForLoad = (traits & LOAD_USED) != 0;
  return now + 1;
}

/** An AMO's cycles before its last. */
function modify(entry: u32): u64 {
  clock(0, true);
  clock(0, false);
  clock(0, true);
  add64(entry, 3, BUSY);
  return 3;
}

/** An instruction that jumps to `target`: if it was predicted, the queue already holds what follows. */
export function transfer(entry: u32, target: u32, now: u64): u64 {
  const halfwords = <u32>load<u8>(entry, LENGTH) >>> 1;
  const traits = <u32>load<u16>(entry, TRAITS);
  now += begin(entry, halfwords, now);
  if (HAS_PREDICTOR && traits & BRANCH && readyMarks & 1) {
    clock(halfwords, false);
    return now + 1;
  }
  if (traits & RETURNS) add64(entry, <u32>load<u8>(entry, COST) - 1, BUSY);
  if (traits & (FORGETS | MEMORY)) predictedWord = 1;
  if (traits & (LATE | MEMORY)) {
    clock(halfwords, false);
    add64(entry, 1, CONTROL);
    now += 1;
  }
  now += jump(load<u32>(target, PC));
  jumped = entry;
  if (HAS_PREDICTOR && traits & BACKWARD) predict(entry, load<u32>(target, PC));
  return now + 1;
}

function predict(entry: u32, target: u32): void {
  const source = load<u32>(entry, PC);
  predictedWord = source & ~3;
  predictedUpper = (source & 2) != 0;
  predictedLong = load<u8>(entry, LENGTH) == 4;
  predictedTarget = target;
}

/** Cycles until the last one of an instruction: until it is there, has its operands, and its unit is done. */
// @ts-ignore: decorator
@inline
function begin(entry: u32, halfwords: u32, now: u64): u64 {
  let cycles: u32 = 0;
  if (HAS_WAITS) {
    if (fetchAddress == 0) fetchAddress = load<u32>(entry, PC) & ~3; // the first instruction
    time = now - dataStall;
    for (; dataStall > 0; dataStall--) clock(0, false);
  }
  if (ready < halfwords) cycles = starve(entry, halfwords);
  else if (waitsForLoad) {
    clock(0, false);
    add64(entry, 1, HAZARDS);
    cycles = 1;
  }
  waitsForLoad = false;
  jumped = 0;
  const stall = <u32>load<u8>(entry, COST) - 1 + unitStall;
  if (stall) {
    for (let i = HAS_WAITS ? stall : min(stall, SETTLED); i > 0; i--) clock(0, false);
    cycles += stall - unitStall;
    unitStall = 0;
  }
  return cycles;
}

function starve(entry: u32, halfwords: u32): u32 {
  let cycles: u32 = 0;
  do {
    clock(0, false);
    cycles += 1;
  } while (ready < halfwords);
  if (jumped) {
    add64(jumped, 1, CONTROL);
    add64(entry, cycles - 1, FETCH);
  } else add64(entry, cycles, FETCH);
  return cycles;
}

/** Empties the queue and fetches from `target`; gives the cycles that it first has to wait for the port. */
function jump(target: u32): u32 {
  const wait = <u32>isHeld;
  if (IS_ONE_PORT && isHeld) clock(0, false);
  ready = 0;
  readyMarks = 0;
  first = 0;
  second = 0;
  arriving = target & 2 ? 1 : 2;
  fetchAddress = (target & ~3) + 4;
  isUpperOnly = false;
  isOverhanging = false;
  if (HAS_WAITS) {
    time += 1;
    late += fetchWaits(target & ~3, time + late);
  }
  return wait;
}

/** One cycle without a jump, in which `used` halfwords are decoded and the data port is or is not used. */
// @ts-ignore: decorator
@inline
function clock(used: u32, usesData: bool): void {
  if (HAS_WAITS) {
    time += 1;
    if (late) return clockLate(used);
  }
  const issues = isHeld || !(second != 0 || (first != 0 && arriving != 0));
  ready -= used;
  readyMarks >>>= used;
  const head = first ? first : arriving;
  const fits = head != 0 && ready + (head & 3) <= 3;
  if (fits) {
    readyMarks |= (head >>> 2) << ready;
    ready += head & 3;
  }
  if (first == 0) {
    if (!fits) first = arriving;
  } else if (fits) {
    first = second ? second : arriving;
    second = second ? arriving : 0;
  } else if (arriving) second = arriving;
  if (!issues) arriving = 0;
  else if (IS_ONE_PORT && usesData) {
    arriving = 0;
    isHeld = true;
  } else {
    isHeld = false;
    fetch();
  }
}

/** One cycle in which memory makes the next word wait, and no other can be asked for. */
function clockLate(used: u32): void {
  late -= 1;
  ready -= used;
  readyMarks >>>= used;
  if (first == 0 || ready + (first & 3) > 3) return;
  readyMarks |= (first >>> 2) << ready;
  ready += first & 3;
  first = second;
  second = 0;
}

/** Requests the word at `fetchAddress`, of which the halves that count arrive in the next cycle. */
// @ts-ignore: decorator
@inline
function fetch(): void {
  if (HAS_WAITS) late = fetchWaits(fetchAddress, time);
  if (HAS_PREDICTOR && (fetchAddress == predictedWord || isOverhanging)) return fetchPredicted();
  arriving = isUpperOnly ? 1 : 2;
  isUpperOnly = false;
  fetchAddress += 4;
}

/** As the fetch of a word that holds the predicted branch, or its second half. */
function fetchPredicted(): void {
  const isMatch = fetchAddress == predictedWord;
  const overhangs = predictedLong && predictedUpper;
  const isBeyond = !predictedLong && !predictedUpper && isUpperOnly;
  const redirects = (isMatch && !overhangs && !isBeyond) || isOverhanging;
  const marks: u32 = isMatch ? (predictedUpper ? 2 : predictedLong ? 3 : 1) : 1;
  const dropsUpper = redirects && predictedUpper == predictedLong;
  if (isUpperOnly) arriving = 1 | ((marks >>> 1) << 2);
  else arriving = dropsUpper ? 1 | ((marks & 1) << 2) : 2 | (marks << 2);
  isUpperOnly = redirects && (predictedTarget & 2) != 0;
  isOverhanging = isMatch && overhangs;
  fetchAddress = redirects ? predictedTarget & ~3 : fetchAddress + 4;
}
