/** What the core's own timers count: cycles, or in an untimed run instructions. */
import { TIMED } from "../parameters";

export let clock: u64 = 0;
/** Instructions that an untimed run would have waited for, asleep. */
export let slept: u64 = 0;

export function setClock(cycles: u64, instructions: u64): void {
  clock = TIMED ? cycles : instructions + slept;
}

/** Of an untimed run: the time until `clock` reaches `until` passes at once. */
export function sleepUntil(until: u64): void {
  slept += until - clock;
  clock = until;
}
