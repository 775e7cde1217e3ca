/**
 * Memories that take time: flash, serial flash, RAM behind a slow bus. Each does one thing at a time.
 *
 * Times are the cycle in which a unit of `width` bytes arrives; one that does not wait arrives in the cycle in which it
 * is asked for.
 */
import { reserve } from "./memory";

/** u32 each: bytes of a unit, cycles until the first of them arrives, cycles for each that follows in a burst. */
const WIDTH: u32 = 0;
const WAITS: u32 = 4;
const NEXT: u32 = 8;
/** u32: a read that follows on the last one is part of its burst; and where such a read would begin. */
const CONTINUES: u32 = 12;
const EXPECTED: u32 = 16;
/** u32: it reads without a pause, so that an access begins only a whole number of accesses after the last one. */
const KEEPS_STEP: u32 = 20;
/** u64: the first cycle in which it can be asked again. */
const FREE_FROM: u32 = 24;
const BYTES: u32 = 32;

export function makeMemory(width: u32, waits: u32, next: u32, continues: bool, keepsStep: bool): u32 {
  const memory = reserve(BYTES);
  store<u32>(memory, width, WIDTH);
  store<u32>(memory, waits, WAITS);
  store<u32>(memory, next, NEXT);
  store<u32>(memory, <u32>continues, CONTINUES);
  store<u32>(memory, <u32>keepsStep, KEEPS_STEP);
  store<u32>(memory, 1, EXPECTED);
  return memory;
}

/** Reads or writes `bytes` at `address`, both whole units, asked for at `now`: gives when the first unit arrives. */
export function transferUnits(memory: u32, address: u32, bytes: u32, now: u64): u64 {
  const next = load<u32>(memory, NEXT);
  const follows = load<u32>(memory, CONTINUES) != 0 && load<u32>(memory, EXPECTED) == address;
  const first = startTime(memory, now) + (follows ? next - 1 : load<u32>(memory, WAITS));
  store<u32>(memory, address + bytes, EXPECTED);
  store<u64>(memory, first + (bytes / load<u32>(memory, WIDTH) - 1) * next + 1, FREE_FROM);
  return first;
}

function startTime(memory: u32, now: u64): u64 {
  const free = load<u64>(memory, FREE_FROM);
  if (now <= free || !load<u32>(memory, KEEPS_STEP)) return max(now, free);
  const step = <u64>load<u32>(memory, WAITS) + 1;
  return free + ((now - free + step - 1) / step) * step;
}

/** When the last unit of what was asked for last has arrived. */
// @ts-ignore: decorator
@inline
export function lastArrival(memory: u32): u64 {
  return load<u64>(memory, FREE_FROM) - 1;
}

/** Cycles from `now` until it can be asked again. */
// @ts-ignore: decorator
@inline
export function busyCycles(memory: u32, now: u64): u32 {
  const free = load<u64>(memory, FREE_FROM);
  return free > now ? <u32>(free - now) : 0;
}

/** Bytes of the whole units that `bytes` at `address` lie in. */
export function unitsOf(memory: u32, address: u32, bytes: u32): u32 {
  const width = load<u32>(memory, WIDTH);
  return ((address + bytes + width - 1) & ~(width - 1)) - (address & ~(width - 1));
}

// @ts-ignore: decorator
@inline
export function unitAt(memory: u32, address: u32): u32 {
  return address & ~(load<u32>(memory, WIDTH) - 1);
}

/** Cycles from the arrival of the unit at `from` to that of the unit at `to`, of one burst. */
export function burstCycles(memory: u32, from: u32, to: u32): u32 {
  return ((to - from) / load<u32>(memory, WIDTH)) * load<u32>(memory, NEXT);
}
