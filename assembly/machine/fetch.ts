/**
 * A fetch unit: reads words of `FETCH_BYTES` in order, one at a time, at most `FETCH_AHEAD` words ahead of the one that
 * is being executed. Where memory does not wait it never makes an instruction wait: what fetching costs there is in the
 * core's own rules.
 */
import { FETCH_AHEAD, FETCH_BYTES } from "../parameters";
import { FETCH, LENGTH, PC } from "./code";
import { reserve } from "./memory";
import { fetchWaits } from "./waits";

/** When each of the last words was first needed, by word. */
const RING: u32 = 8;
const needed = reserve(RING * 8);
/** Words read since the last jump, and where the next one begins; 1 there: wherever the next instruction is. */
let words: u32 = 0;
let end: u32 = 1;
/** When the last word arrived. */
let arrival: i64 = 0;

/** Empties the queue: the next instruction is the target of a jump. */
// @ts-ignore: decorator
@inline
export function redirect(): void {
  end = 1;
}

/** Cycles that the instruction of `entry`, which could begin at `now`, waits for its bytes; they count as its own. */
// @ts-ignore: decorator
@inline
export function waitForFetch(entry: u32, now: u64): u64 {
  const after = load<u32>(entry, PC) + load<u8>(entry, LENGTH);
  return end != 1 && <i32>(end - after) >= 0 ? 0 : fetchTo(entry, after, now);
}

/** The core waits `cycles` for data: the fetch unit goes on meanwhile, as `waitForFetch` finds when it is asked. */
// @ts-ignore: decorator
@inline
export function waitForData(cycles: u32): void {}

function fetchTo(entry: u32, after: u32, now: u64): u64 {
  if (load<u8>(entry, LENGTH) == 0) return 0; // not decoded yet
  if (end == 1) begin(load<u32>(entry, PC), after, now);
  const before = words;
  while (<i32>(after - end) > 0) fetchNext(now);
  const waits = arrival > <i64>now ? arrival - <i64>now : 0;
  for (let i = before; i < words; i++) store<u64>(needed + (i & (RING - 1)) * 8, now + waits);
  if (waits) store<u64>(entry, load<u64>(entry, FETCH) + waits, FETCH);
  return waits;
}

/** A target in two words is asked for a cycle earlier: the core's rules have charged that cycle. */
function begin(pc: u32, after: u32, now: u64): void {
  end = pc & ~(FETCH_BYTES - 1);
  words = 0;
  arrival = <i64>now - <i64>((after - end + FETCH_BYTES - 1) / FETCH_BYTES);
}

function fetchNext(now: u64): void {
  const room =
    FETCH_AHEAD == 0 ? now
    : words < FETCH_AHEAD ? 0
    : load<u64>(needed + ((words - FETCH_AHEAD) & (RING - 1)) * 8);
  const start = max<i64>(max<i64>(arrival + 1, <i64>room), 0);
  arrival = start + fetchWaits(end, <u64>start);
  end += FETCH_BYTES;
  words += 1;
}
