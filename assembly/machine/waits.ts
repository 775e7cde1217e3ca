/**
 * How much longer accesses take than the core's own rules say: a constant for each region, or what the path to it says.
 * Rules call these where `HAS_WAITS`; elsewhere they cost nothing.
 */
import { FETCH_BYTES } from "../parameters";
import { TIMINGS } from "./layout";
import { READABLE, REGIONS, REGION_SHIFT, granuleOf } from "./memory";
import { readWaits, writeWaits } from "./path";

/** u32 each: cycles that a fetch, a load and a store wait; the paths that they take instead, or 0. */
const FETCH: u32 = 0;
const LOAD: u32 = 4;
const STORE: u32 = 8;
const PATHS: u32 = 16;
const BYTES: u32 = 32;

/** For the host: constant waits, and paths where they are not 0. */
export function route(region: u32, fetch: u32, load: u32, store_: u32, fetchPath: u32, loadPath: u32, storePath: u32): void {
  const timing = TIMINGS + region * BYTES;
  store<u32>(timing, fetch, FETCH);
  store<u32>(timing, load, LOAD);
  store<u32>(timing, store_, STORE);
  store<u32>(timing, fetchPath, PATHS + FETCH);
  store<u32>(timing, loadPath, PATHS + LOAD);
  store<u32>(timing, storePath, PATHS + STORE);
}

// @ts-ignore: decorator
@inline
function timingOf(granule: u32): u32 {
  return TIMINGS + ((granule >>> REGION_SHIFT) & (REGIONS - 1)) * BYTES;
}

// @ts-ignore: decorator
@inline
export function loadWaits(granule: u32, address: u32, bytes: u32, now: u64): u32 {
  const timing = timingOf(granule);
  const path = load<u32>(timing, PATHS + LOAD);
  return path ? readWaits(path, address, bytes, now) : load<u32>(timing, LOAD);
}

// @ts-ignore: decorator
@inline
export function storeWaits(granule: u32, address: u32, bytes: u32, now: u64): u32 {
  const timing = timingOf(granule);
  const path = load<u32>(timing, PATHS + STORE);
  return path ? writeWaits(path, address, bytes, now) : load<u32>(timing, STORE);
}

/** Of the word of `FETCH_BYTES` at `address`. What is not mapped does not wait: executing it stops the run. */
export function fetchWaits(address: u32, now: u64): u32 {
  const granule = granuleOf(address);
  if (!(granule & READABLE)) return 0;
  const timing = timingOf(granule);
  const path = load<u32>(timing, PATHS + FETCH);
  return path ? readWaits(path, address, FETCH_BYTES, now) : load<u32>(timing, FETCH);
}
