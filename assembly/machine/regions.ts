/**
 * Regions that the program itself names: marks at addresses, given by the host, each begin one, which lasts until the
 * next. Two of them start and stop the counting. An entry at a mark has the region's number, plus one, above its
 * operation.
 */
import { OP, PC } from "./code";
import { reserve } from "./memory";

/** More than any operation. */
export const MARKED: i32 = 256;
/** Forgets what was counted, and counts from here on. */
const START: u32 = 252;
const STOP: u32 = 253;
const NONE: u32 = 254;
const MARKS: u32 = 1024;

/** Address and region of each mark, two words each. */
const marks = reserve(MARKS * 8);
let markCount: u32 = 0;
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

/** Puts the region's number above the operation of a newly decoded entry at a mark. */
export function applyMark(entry: u32): void {
  const pc = load<u32>(entry, PC);
  for (let i: u32 = 0; i < markCount; i++) {
    if (load<u32>(marks + i * 8) != pc) continue;
    const op = <u32>load<u8>(entry, OP);
    store<u16>(entry, <u16>(op + ((load<u32>(marks + i * 8 + 4) + 1) << 8)), OP);
  }
}

export function enterRegion(region: u32, cycles: u64, instructions: u64): void {
  settleRegion(cycles, instructions);
  if (region == START) {
    memory.fill(counts, 0, (NONE + 1) * REGION);
    isCounting = true;
  } else if (region == STOP) isCounting = false;
  current = isCounting ? region : NONE;
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
