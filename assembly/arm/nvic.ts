/** Exceptions by number: pending, enabled, active, and which comes next. Arm DDI 0403E, B1.5 and B3.4. */
import { reserve } from "../machine/memory";
import { HAS_MAIN } from "../parameters";
import { NEVER, advanceTick, tickAt } from "./systick";

export const NMI: u32 = 2;
const HARD_FAULT: u32 = 3;
export const SVCALL: u32 = 11;
export const PENDSV: u32 = 14;
export const SYSTICK: u32 = 15;
/** The first interrupt of the chip. */
export const EXTERNAL: u32 = 16;
const EXCEPTIONS: u32 = 256;

export const PENDING: u32 = 1;
export const ENABLED: u32 = 2;
export const ACTIVE: u32 = 4;

/** A byte of flags for each exception, then a byte of priority for each. */
const states = reserve(2 * EXCEPTIONS);
/** How many bits of a priority there are: two in Armv6-M; makers of the others choose, and choose four most often. */
const PRIORITY_MASK: u32 = HAS_MAIN ? 0xf0 : 0xc0;
const LOWEST: i32 = 256;

/** Something may be able to interrupt that was not before. */
export let attention: bool = false;
/** The clock at which something may want to interrupt. */
export let deadline: u64 = NEVER;
let pendingCount: u32 = 0;
let priorityGroup: u32 = 0;
let primask: u32 = 0;
let faultmask: u32 = 0;
let basepri: u32 = 0;

for (let i: u32 = 0; i < EXTERNAL; i++) store<u8>(states + i, <u8>ENABLED);

// @ts-ignore: decorator
@inline
export function stateOf(number: u32): u32 {
  return load<u8>(states + number);
}

export function priorityOf(number: u32): u32 {
  return load<u8>(states + EXCEPTIONS + number);
}

export function setPriority(number: u32, value: u32): void {
  store<u8>(states + EXCEPTIONS + number, <u8>(value & PRIORITY_MASK));
  attention = true;
}

export function setPending(number: u32): void {
  if (!(stateOf(number) & PENDING)) pendingCount += 1;
  store<u8>(states + number, <u8>(stateOf(number) | PENDING));
  attention = true;
}

export function clearPending(number: u32): void {
  if (stateOf(number) & PENDING) pendingCount -= 1;
  store<u8>(states + number, <u8>(stateOf(number) & ~PENDING));
}

export function enable(number: u32, isEnabled: bool): void {
  store<u8>(states + number, <u8>(isEnabled ? stateOf(number) | ENABLED : stateOf(number) & ~ENABLED));
  attention = true;
}

export function setActive(number: u32, isActive: bool): void {
  store<u8>(states + number, <u8>(isActive ? stateOf(number) | ACTIVE : stateOf(number) & ~ACTIVE));
  attention = true;
}

export function setPriorityGroup(value: u32): void {
  priorityGroup = value & 7;
}
export function getPriorityGroup(): u32 {
  return priorityGroup;
}

export function getMask(special: u32): u32 {
  return special == 16 ? primask : special == 19 ? faultmask : basepri;
}

/** PRIMASK (16), BASEPRI (17), BASEPRI_MAX (18), FAULTMASK (19). */
export function setMask(special: u32, value: u32): void {
  if (special == 16) primask = value & 1;
  else if (special == 19) faultmask = value & 1;
  else if (special == 17) basepri = value & PRIORITY_MASK;
  else if (value & PRIORITY_MASK && (basepri == 0 || (value & PRIORITY_MASK) < basepri)) basepri = value & PRIORITY_MASK;
  attention = true;
}

function fixedPriority(number: u32): i32 {
  if (number == NMI) return -2;
  return number == HARD_FAULT ? -1 : <i32>priorityOf(number);
}

/** The part of a priority that lets one exception interrupt another. */
function grouped(priority: i32): i32 {
  return priority < 0 ? priority : priority & ~((2 << priorityGroup) - 1);
}

/** What runs now has this priority; lower numbers may interrupt it. */
function currentPriority(): i32 {
  let lowest = LOWEST;
  for (let i: u32 = 1; i < EXCEPTIONS; i++)
    if (stateOf(i) & ACTIVE) lowest = min<i32>(lowest, grouped(fixedPriority(i)));
  if (basepri) lowest = min<i32>(lowest, grouped(basepri));
  if (primask) lowest = min<i32>(lowest, 0);
  if (faultmask) lowest = min<i32>(lowest, -1);
  return lowest;
}

/** The pending and enabled exception of the highest priority, 0 if there is none. */
function mostUrgent(): u32 {
  if (pendingCount == 0) return 0;
  let best: u32 = 0;
  for (let i: u32 = 1; i < EXCEPTIONS; i++) {
    if ((stateOf(i) & (PENDING | ENABLED)) != (PENDING | ENABLED)) continue;
    if (best == 0 || fixedPriority(i) < fixedPriority(best)) best = i;
  }
  return best;
}

/** Whether WFI would go on: masks that PRIMASK sets do not matter to it. */
export function wouldWake(): bool {
  return mostUrgent() != 0;
}

/** Up to now: the exception to take, 0 if there is none. */
export function nextException(): u32 {
  if (advanceTick()) setPending(SYSTICK);
  attention = false;
  deadline = tickAt();
  const best = mostUrgent();
  return best != 0 && grouped(fixedPriority(best)) < currentPriority() ? best : 0;
}

/** The pending one of the highest priority, for ICSR. */
export function pendingNumber(): u32 {
  return mostUrgent();
}

/** At the next jump. */
export function askLater(): void {
  deadline = 0;
}
