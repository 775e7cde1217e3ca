/**
 * A way to a memory: through a cache or line buffers if it has some, which a prefetcher may fill ahead. Several ways may
 * share a cache, and several the memory.
 */
import {
  ACCESSES, Fill, MISSES, Write, addressOf, allocatesOnWrite, count, dirty, fillOf, findSlot, hitWaitsOf, holds, install,
  isDirty, lineBytes, lineOf, use, victim, writeOf,
} from "./cache";
import { reserve } from "./memory";
import { burstCycles, busyCycles, lastArrival, transferUnits, unitAt, unitsOf } from "./slow";

/** u32 each: the memory, the cache or 0, whether it prefetches, the slot that was hit last. */
const MEMORY: u32 = 0;
const CACHE: u32 = 4;
const PREFETCHES: u32 = 8;
const LAST: u32 = 12;
/** The line that is or was being filled: its number plus one, the unit that came first, when that came, when the last. */
const FILLED: u32 = 16;
const FIRST_UNIT: u32 = 20;
const FIRST_ARRIVAL: u32 = 24;
const FILLED_AT: u32 = 32;
/** The line that was prefetched and not used: its number plus one, when its first unit came, when its last. */
const AHEAD: u32 = 40;
const AHEAD_FIRST: u32 = 48;
const AHEAD_AT: u32 = 56;
/** u32: cycles that a hit by this way waits beyond the cache's own. */
const HIT_WAITS: u32 = 64;
const BYTES: u32 = 72;

export function makePath(memory: u32, cache: u32, prefetches: bool, hitWaits: u32): u32 {
  const path = reserve(BYTES);
  store<u32>(path, memory, MEMORY);
  store<u32>(path, cache, CACHE);
  store<u32>(path, <u32>prefetches, PREFETCHES);
  store<u32>(path, path, LAST);
  store<u32>(path, hitWaits, HIT_WAITS);
  return path;
}

/** Cycles that a read of `bytes` at `address`, begun at `now`, waits. */
export function readWaits(path: u32, address: u32, bytes: u32, now: u64): u32 {
  const cache = load<u32>(path, CACHE);
  if (cache == 0) return direct(load<u32>(path, MEMORY), address, bytes, now);
  count(cache, ACCESSES);
  const line = lineOf(cache, address);
  let slot = load<u32>(path, LAST);
  if (!holds(slot, line) || slot == path) slot = findSlot(cache, line);
  if (slot == 0) return miss(path, cache, line, address, now);
  store<u32>(path, slot, LAST);
  use(cache, slot);
  const hit = hitWaitsOf(cache) + load<u32>(path, HIT_WAITS);
  return now < load<u64>(path, FILLED_AT) ? max(hit, stillFilling(path, line, address, now)) : hit;
}

/** Past all caches: until the last of the units that the bytes lie in is there. */
function direct(memory: u32, address: u32, bytes: u32, now: u64): u32 {
  transferUnits(memory, unitAt(memory, address), unitsOf(memory, address, bytes), now);
  return <u32>(lastArrival(memory) - now);
}

/** Cycles until the unit at `address` is there, if its line is the one that is being filled. */
function stillFilling(path: u32, line: u32, address: u32, now: u64): u32 {
  if (load<u32>(path, FILLED) != line + 1) return 0;
  const arrival = unitArrival(path, address);
  return arrival > now ? <u32>(arrival - now) : 0;
}

/** Units come in order from the first one to the line's end, then from its beginning. */
function unitArrival(path: u32, address: u32): u64 {
  const memory = load<u32>(path, MEMORY);
  const bytes = lineBytes(load<u32>(path, CACHE));
  const first = load<u32>(path, FIRST_UNIT);
  const behind = (unitAt(memory, address) - first) & (bytes - 1);
  return load<u64>(path, FIRST_ARRIVAL) + burstCycles(memory, first, first + behind);
}

function miss(path: u32, cache: u32, line: u32, address: u32, now: u64): u32 {
  count(cache, MISSES);
  const slot = victim(cache, line);
  if (load<u32>(path, AHEAD) == line + 1) takePrefetched(path, cache, line);
  else fill(path, cache, line, address, now);
  writeBack(path, cache, slot);
  install(cache, slot, line);
  store<u32>(path, slot, LAST);
  if (load<u32>(path, PREFETCHES)) prefetch(path, cache, line + 1, now);
  const arrival = fillOf(cache) == Fill.Whole ? load<u64>(path, FILLED_AT) : unitArrival(path, address);
  return arrival > now ? max(<u32>(arrival - now), hitWaitsOf(cache)) : hitWaitsOf(cache);
}

function fill(path: u32, cache: u32, line: u32, address: u32, now: u64): void {
  const memory = load<u32>(path, MEMORY);
  const bytes = lineBytes(cache);
  const first = fillOf(cache) == Fill.Critical ? unitAt(memory, address) : address & ~(bytes - 1);
  store<u64>(path, transferUnits(memory, first, bytes, now), FIRST_ARRIVAL);
  store<u32>(path, line + 1, FILLED);
  store<u32>(path, first, FIRST_UNIT);
  store<u64>(path, lastArrival(memory), FILLED_AT);
}

function takePrefetched(path: u32, cache: u32, line: u32): void {
  store<u32>(path, line + 1, FILLED);
  store<u32>(path, line * lineBytes(cache), FIRST_UNIT);
  store<u64>(path, load<u64>(path, AHEAD_FIRST), FIRST_ARRIVAL);
  store<u64>(path, load<u64>(path, AHEAD_AT), FILLED_AT);
}

/** Reads `line` as soon as the memory is free. */
function prefetch(path: u32, cache: u32, line: u32, now: u64): void {
  store<u32>(path, 0, AHEAD);
  if (findSlot(cache, line)) return;
  const memory = load<u32>(path, MEMORY);
  store<u32>(path, line + 1, AHEAD);
  store<u64>(path, transferUnits(memory, line * lineBytes(cache), lineBytes(cache), now), AHEAD_FIRST);
  store<u64>(path, lastArrival(memory), AHEAD_AT);
}

/** What a line that must go has that memory has not, goes there after the fill. */
function writeBack(path: u32, cache: u32, slot: u32): void {
  if (isDirty(slot)) transferUnits(load<u32>(path, MEMORY), addressOf(cache, slot), lineBytes(cache), 0);
}

/** Cycles that a write waits: what goes to memory does so from a buffer of one entry, while the core goes on. */
export function writeWaits(path: u32, address: u32, bytes: u32, now: u64): u32 {
  const cache = load<u32>(path, CACHE);
  if (cache == 0 || writeOf(cache) == Write.None) return post(load<u32>(path, MEMORY), address, bytes, now);
  const line = lineOf(cache, address);
  const slot = findSlot(cache, line);
  count(cache, ACCESSES);
  if (slot) {
    use(cache, slot);
    if (writeOf(cache) == Write.Through) return post(load<u32>(path, MEMORY), address, bytes, now);
    dirty(slot);
    return 0;
  }
  if (allocatesOnWrite(cache)) return allocate(path, cache, line, address, now);
  count(cache, MISSES);
  return post(load<u32>(path, MEMORY), address, bytes, now);
}

/** Hands a write over: waits until the one before has left the buffer. */
function post(memory: u32, address: u32, bytes: u32, now: u64): u32 {
  const waits = busyCycles(memory, now);
  transferUnits(memory, unitAt(memory, address), unitsOf(memory, address, bytes), now);
  return waits;
}

/** A store buffer holds the write while its line is fetched. */
function allocate(path: u32, cache: u32, line: u32, address: u32, now: u64): u32 {
  miss(path, cache, line, address, now);
  dirty(load<u32>(path, LAST));
  return 0;
}
