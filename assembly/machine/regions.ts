/**
 * Regions that the program itself names: marks at addresses, given by the host, each begin one, which lasts until the
 * next. Two of them start and stop the counting. An entry at a mark has the region's number, plus one, above its
 * operation; so has one where a function begins, that a jump to it may be told from a call.
 */
import { enterPart, replace } from "./calls";
import { OP, PC } from "./code";
import { reserve } from "./memory";

/** More than any operation. */
export const MARKED: i32 = 256;
/** No region, but a function begins. */
const FUNCTION: u32 = 251;
/** Forgets what was counted, and counts from here on. */
const START: u32 = 252;
const STOP: u32 = 253;
const NONE: u32 = 254;
const MARKS: u32 = 1024;

/** Address and region of each mark, two words each. */
const marks = reserve(MARKS * 8);
let markCount: u32 = 0;
/** Addresses of functions, ascending. */
let functions: u32 = 0;
let functionCount: u32 = 0;
/** Per region: times entered, cycles, instructions, u64 each. */
const REGION: u32 = 24;
const counts = reserve((NONE + 1) * REGION);
let current: u32 = NONE;
let isCounting: bool = true;
let cyclesBefore: u64 = 0;
let instructionsBefore: u64 = 0;

/** False if there are too many marks, or the region's number is too high. */
export function mark(address: u32, region: u32): bool {
  if (markCount == MARKS || region >= NONE) return false;
  store<u32>(marks + markCount * 8, address);
  store<u32>(marks + markCount * 8 + 4, region);
  markCount += 1;
  return true;
}

/** Room for the ascending addresses of `count` functions, which the host writes there. */
export function placeFunctions(count: u32): u32 {
  functions = reserve(count * 4);
  functionCount = count;
  return functions;
}

function isFunction(address: u32): bool {
  let low: u32 = 0;
  let high = functionCount;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<u32>(functions + middle * 4) < address) low = middle + 1;
    else high = middle;
  }
  return low < functionCount && load<u32>(functions + low * 4) == address;
}

function putAbove(entry: u32, region: u32): void {
  store<u16>(entry, <u16>(<u32>load<u8>(entry, OP) + ((region + 1) << 8)), OP);
}

/** Puts the region's number above the operation of a newly decoded entry at a mark, or says that a function begins. */
export function applyMark(entry: u32): void {
  const pc = load<u32>(entry, PC);
  if (isFunction(pc)) putAbove(entry, FUNCTION);
  for (let i: u32 = 0; i < markCount; i++) {
    if (load<u32>(marks + i * 8) != pc) continue;
    putAbove(entry, load<u32>(marks + i * 8 + 4));
  }
}

/** What `op` says above the operation of `entry`: a function begins, a region, or both. */
export function passMark(entry: u32, op: u32, cycles: u64, instructions: u64): void {
  const region = op / MARKED - 1;
  const pc = load<u32>(entry, PC);
  if (region == FUNCTION || isFunction(pc)) replace(pc, cycles, instructions);
  if (region != FUNCTION) enterRegion(region, cycles, instructions);
}

function enterRegion(region: u32, cycles: u64, instructions: u64): void {
  settleRegion(cycles, instructions);
  if (region == START) {
    memory.fill(counts, 0, (NONE + 1) * REGION);
    isCounting = true;
  } else if (region == STOP) isCounting = false;
  current = isCounting ? region : NONE;
  enterPart(current < FUNCTION ? current + 1 : 0, cycles, instructions);
  region = current;
  store<u64>(counts + region * REGION, load<u64>(counts + region * REGION) + 1);
}

/** Gives the current region the cycles and instructions since it was entered. */
export function settleRegion(cycles: u64, instructions: u64): void {
  const at = counts + current * REGION;
  store<u64>(at, load<u64>(at, 8) + cycles - cyclesBefore, 8);
  store<u64>(at, load<u64>(at, 16) + instructions - instructionsBefore, 16);
  cyclesBefore = cycles;
  instructionsBefore = instructions;
}

/** For the host: the counts of a region. */
export function regionCounts(region: u32): u32 {
  return counts + region * REGION;
}
