/** The floating-point status and control register, with its cumulative exception flags. Arm DDI 0403E.e, A2.5.3. */

/** Cumulative flags: invalid operation, division by zero, overflow, underflow, inexact, denormal input flushed. */
export const INVALID: u32 = 1;
export const DIVISION: u32 = 2;
export const OVERFLOW: u32 = 4;
export const UNDERFLOW: u32 = 8;
export const INEXACT: u32 = 16;
export const FLUSHED: u32 = 128;

const ROUNDING_SHIFT: u32 = 22;
const ROUNDING: u32 = 3 << ROUNDING_SHIFT;
const FLUSH: u32 = 1 << 24;
const DEFAULT_NAN: u32 = 1 << 25;
const ALTERNATIVE_HALF: u32 = 1 << 26;
const CONDITIONS: u32 = 15 << 28;
/** Without FPv5's half-precision arithmetic and without vectors of any kind. */
const WRITABLE: u32 = CONDITIONS | ALTERNATIVE_HALF | DEFAULT_NAN | FLUSH | ROUNDING | 0x9f;

/** How results are rounded; the first four as FPSCR numbers them. */
export const enum Rounding {
  Nearest,
  Up,
  Down,
  Zero,
  /** To nearest, ties away from zero: VCVTA and VRINTA only. */
  Away,
}

let fpscr: u32 = 0;

export function status(): u32 {
  return fpscr;
}

export function setStatus(value: u32): void {
  fpscr = value & WRITABLE;
}

/** Sets cumulative flags. */
export function raise(flags: u32): void {
  fpscr |= flags;
}

export function setConditions(nzcv: u32): void {
  fpscr = (fpscr & ~CONDITIONS) | nzcv;
}

export function rounding(): u32 {
  return (fpscr & ROUNDING) >>> ROUNDING_SHIFT;
}

export function flushes(): bool {
  return (fpscr & FLUSH) != 0;
}

export function givesDefaultNan(): bool {
  return (fpscr & DEFAULT_NAN) != 0;
}

export function hasAlternativeHalf(): bool {
  return (fpscr & ALTERNATIVE_HALF) != 0;
}

/**
 * A normal result of the host's own arithmetic is the right one and leaves no trace: it rounds to nearest, nothing is
 * flushed, and that something was inexact is already known.
 */
// @ts-ignore: decorator
@inline
export function isPlain(): bool {
  return (fpscr & (FLUSH | ROUNDING | INEXACT)) == INEXACT;
}
