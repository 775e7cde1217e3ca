/**
 * Caches and line buffers: which lines of memory are held near. Contents are never copied, only lines are remembered,
 * so a cache can make a program slower or faster but not wrong.
 */
import { reserve } from "./memory";

/** u32 each: log2 of a line's bytes, sets less one, ways, which line goes, cycles that a hit waits. */
const LINE_BITS: u32 = 0;
const SET_MASK: u32 = 4;
const WAYS: u32 = 8;
const REPLACEMENT: u32 = 12;
const HIT_WAITS: u32 = 16;
/** u32 each, as `Fill` and `Write` below, and whether a store that misses fetches its line. */
const FILL: u32 = 20;
const WRITE: u32 = 24;
const ALLOCATES: u32 = 28;
/** u32: the slots of all sets. */
const SLOTS: u32 = 32;
/** u32: state of the pseudo-random sequence. */
const RANDOM: u32 = 36;
/** u64: counts uses, to tell which line was used last. */
const CLOCK: u32 = 40;
/** u64 each: accesses, and those that missed. */
export const ACCESSES: u32 = 48;
export const MISSES: u32 = 56;
const BYTES: u32 = 64;

/** A slot: u32 line number plus one, 0 if it is empty; u32 whether memory is older than it; u64 time of use. */
const SLOT: u32 = 16;
const DIRTY: u32 = 4;
const USED: u32 = 8;

const enum Replacement {
  LeastRecentlyUsed,
  /** The line that was filled first. */
  RoundRobin,
  /** A 16-bit shift register, x^16 + x^14 + x^13 + x^11 + 1. */
  Random,
}

export const enum Fill {
  /** The unit asked for comes first, and the access goes on with it. */
  Critical,
  /** The line comes from its beginning, and the access goes on with its unit. */
  InOrder,
  /** The access waits for the whole line. */
  Whole,
}

export const enum Write {
  None,
  Through,
  Back,
}

export function makeCache(
  bytes: u32,
  ways: u32,
  line: u32,
  replacement: u32,
  hitWaits: u32,
  fill: u32,
  write: u32,
  allocates: bool,
): u32 {
  const cache = reserve(BYTES);
  const sets = bytes / (ways * line);
  store<u32>(cache, ctz<u32>(line), LINE_BITS);
  store<u32>(cache, sets - 1, SET_MASK);
  store<u32>(cache, ways, WAYS);
  store<u32>(cache, replacement, REPLACEMENT);
  store<u32>(cache, hitWaits, HIT_WAITS);
  store<u32>(cache, fill, FILL);
  store<u32>(cache, write, WRITE);
  store<u32>(cache, <u32>allocates, ALLOCATES);
  store<u32>(cache, reserve(sets * ways * SLOT), SLOTS);
  store<u32>(cache, 1, RANDOM);
  return cache;
}

// @ts-ignore: decorator
@inline
export function lineOf(cache: u32, address: u32): u32 {
  return address >>> load<u32>(cache, LINE_BITS);
}

// @ts-ignore: decorator
@inline
export function lineBytes(cache: u32): u32 {
  return 1 << load<u32>(cache, LINE_BITS);
}

// @ts-ignore: decorator
@inline
export function hitWaitsOf(cache: u32): u32 {
  return load<u32>(cache, HIT_WAITS);
}

// @ts-ignore: decorator
@inline
export function fillOf(cache: u32): Fill {
  return <Fill>load<u32>(cache, FILL);
}

// @ts-ignore: decorator
@inline
export function writeOf(cache: u32): Write {
  return <Write>load<u32>(cache, WRITE);
}

// @ts-ignore: decorator
@inline
export function allocatesOnWrite(cache: u32): bool {
  return load<u32>(cache, ALLOCATES) != 0;
}

// @ts-ignore: decorator
@inline
export function count(cache: u32, offset: u32): void {
  store<u64>(cache + offset, load<u64>(cache + offset) + 1);
}

// @ts-ignore: decorator
@inline
export function holds(slot: u32, line: u32): bool {
  return load<u32>(slot) == line + 1;
}

// @ts-ignore: decorator
@inline
function firstSlot(cache: u32, line: u32): u32 {
  const set = line & load<u32>(cache, SET_MASK);
  return load<u32>(cache, SLOTS) + set * load<u32>(cache, WAYS) * SLOT;
}

/** The slot that holds `line`, or 0. */
export function findSlot(cache: u32, line: u32): u32 {
  const first = firstSlot(cache, line);
  const end = first + load<u32>(cache, WAYS) * SLOT;
  for (let slot = first; slot < end; slot += SLOT) if (holds(slot, line)) return slot;
  return 0;
}

/** Remembers that `slot` was used. */
// @ts-ignore: decorator
@inline
export function use(cache: u32, slot: u32): void {
  if (load<u32>(cache, REPLACEMENT) == Replacement.LeastRecentlyUsed) stamp(cache, slot);
}

function stamp(cache: u32, slot: u32): void {
  const clock = load<u64>(cache, CLOCK) + 1;
  store<u64>(cache, clock, CLOCK);
  store<u64>(slot, clock, USED);
}

/** The slot that `line` will take: an empty one if its set has one. */
export function victim(cache: u32, line: u32): u32 {
  const first = firstSlot(cache, line);
  const ways = load<u32>(cache, WAYS);
  let oldest = first;
  for (let slot = first; slot < first + ways * SLOT; slot += SLOT) {
    if (load<u32>(slot) == 0) return slot;
    if (load<u64>(slot, USED) < load<u64>(oldest, USED)) oldest = slot;
  }
  return load<u32>(cache, REPLACEMENT) == Replacement.Random ? first + (random(cache) % ways) * SLOT : oldest;
}

function random(cache: u32): u32 {
  const state = load<u32>(cache, RANDOM);
  const bit = (state ^ (state >>> 2) ^ (state >>> 3) ^ (state >>> 5)) & 1;
  const next = (state >>> 1) | (bit << 15);
  store<u32>(cache, next, RANDOM);
  return next;
}

export function install(cache: u32, slot: u32, line: u32): void {
  store<u32>(slot, line + 1);
  store<u32>(slot, 0, DIRTY);
  stamp(cache, slot);
}

// @ts-ignore: decorator
@inline
export function isDirty(slot: u32): bool {
  return load<u32>(slot, DIRTY) != 0;
}

// @ts-ignore: decorator
@inline
export function dirty(slot: u32): void {
  store<u32>(slot, 1, DIRTY);
}

/** Where the bytes of a filled slot lie in memory. */
export function addressOf(cache: u32, slot: u32): u32 {
  return (load<u32>(slot) - 1) << load<u32>(cache, LINE_BITS);
}
