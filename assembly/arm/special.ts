/** Special registers, the two stack pointers, and which of them is SP. Arm DDI 0403E, B1.4 and B5.2. */
import { Stop, refuse } from "../machine/stop";
import { HAS_DSP, HAS_FLOAT, HAS_MAIN, HAS_V8 } from "../parameters";
import { geFlags, qFlag, setGe, setQTo } from "./dsp/flags";
import { nzcv, setNzcv } from "./flags";
import { getMask, setMask } from "./nvic";
import { SP, get, set } from "./registers";

/** The exception that runs: 0 in thread mode. */
export let handling: u32 = 0;
/** CONTROL: bit 0 unprivileged, bit 1 thread mode uses the process stack. */
let control: u32 = 0;
/** Of the stack pointer that is not SP now; limits of both. */
let other: u32 = 0;
let mainLimit: u32 = 0;
let processLimit: u32 = 0;
/** A floating-point instruction was decoded: from then on frames hold its registers. */
export let usesFloat: bool = false;

export function noteFloat(): void {
  usesFloat = true;
}

export function usesProcessStack(): bool {
  return handling == 0 && (control & 2) != 0;
}

function swapStacks(): void {
  const now = get(SP);
  set(SP, other);
  other = now;
}

/** Enters or leaves handlers. */
export function setHandling(number: u32): void {
  const before = usesProcessStack();
  handling = number;
  if (usesProcessStack() != before) swapStacks();
}

export function selectStack(isProcess: bool): void {
  const before = usesProcessStack();
  control = isProcess ? control | 2 : control & ~2;
  if (usesProcessStack() != before) swapStacks();
}

export function stackOf(isProcess: bool): u32 {
  return isProcess == usesProcessStack() ? get(SP) : other;
}

export function setStackOf(isProcess: bool, value: u32): void {
  if (isProcess == usesProcessStack()) set(SP, value & ~3);
  else other = value & ~3;
}

/** The program status register, without the bits that stacking adds. */
export function statusWord(): u32 {
  return apsr() | (1 << 24) | handling;
}

function apsr(): u32 {
  const saturated = HAS_MAIN ? qFlag() << 27 : 0;
  return nzcv() | saturated | (HAS_DSP ? geFlags() << 16 : 0);
}

export function setApsr(word: u32): void {
  setNzcv(word);
  if (HAS_MAIN) setQTo((word >>> 27) & 1);
  if (HAS_DSP) setGe((word >>> 16) & 15);
}

function isPrivileged(): bool {
  return handling != 0 || (control & 1) == 0;
}

export function readSpecial(number: u32, pc: u32): u32 {
  if (number < 8) {
    const status = number & 4 ? 0 : apsr();
    return number & 1 ? status | handling : status;
  }
  switch (number) {
    case 8:
    case 9:
      return isPrivileged() ? stackOf(number == 9) : 0;
    case 16:
      return isPrivileged() ? getMask(16) : 0;
    case 20:
      return control | (HAS_FLOAT && usesFloat ? 4 : 0);
  }
  if (HAS_V8 && number == 10) return mainLimit;
  if (HAS_V8 && number == 11) return processLimit;
  if (HAS_MAIN && number >= 17 && number <= 19) return isPrivileged() ? getMask(number) : 0;
  refuse(Stop.Register, pc, number);
  return 0;
}

/** `mask`: bit 1 N, Z, C, V and Q, bit 0 GE. */
export function writeSpecial(number: u32, value: u32, mask: u32, pc: u32): void {
  if (number < 4) return writeStatus(value, mask);
  if (number >= 5 && number < 8) return;
  if (!isPrivileged()) return;
  if (number == 8 || number == 9) return setStackOf(number == 9, value);
  if (number == 16 || (HAS_MAIN && number >= 17 && number <= 19)) return setMask(number, value);
  if (number == 20) return writeControl(value);
  if (HAS_V8 && number == 10) mainLimit = value & ~7;
  else if (HAS_V8 && number == 11) processLimit = value & ~7;
  else refuse(Stop.Register, pc, number);
}

function writeStatus(value: u32, mask: u32): void {
  const before = apsr();
  let word = before;
  if (mask & 2) word = (word & 0x07ffffff) | (value & 0xf8000000);
  if (mask & 1) word = (word & ~0xf0000) | (value & 0xf0000);
  setApsr(word);
}

function writeControl(value: u32): void {
  control = (control & ~1) | (value & 1);
  if (handling == 0) selectStack((value & 2) != 0);
}
