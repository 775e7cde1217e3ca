/**
 * Numbers taken apart and put together again, in any of three formats; values are their bits in 64.
 *
 * Together with `arithmetic.ts` it is a complete binary floating-point unit in integers: every rounding mode, flag and
 * NaN of the Arm architecture. `fast.ts` goes around it where the host's arithmetic provably gives the same.
 */
import {
  FLUSHED, INEXACT, INVALID, OVERFLOW, Rounding, UNDERFLOW, flushes, givesDefaultNan, hasAlternativeHalf, raise,
} from "./status";

export const enum Format {
  Half,
  Single,
  Double,
}

export const enum Kind {
  Zero,
  Finite,
  Infinite,
  QuietNan,
  SignallingNan,
}

// @ts-ignore: decorator
@inline
export function fractionBits(format: Format): u32 {
  return format == Format.Single ? 23 : format == Format.Double ? 52 : 10;
}

// @ts-ignore: decorator
@inline
function exponentBits(format: Format): u32 {
  return format == Format.Single ? 8 : format == Format.Double ? 11 : 5;
}

function bias(format: Format): i32 {
  return (1 << (exponentBits(format) - 1)) - 1;
}

export function signed(format: Format, sign: u32, magnitude: u64): u64 {
  return magnitude | (<u64>sign << (fractionBits(format) + exponentBits(format)));
}

export function infinity(format: Format, sign: u32): u64 {
  return signed(format, sign, ((1 << exponentBits(format)) - 1) << fractionBits(format));
}

export function defaultNan(format: Format): u64 {
  return infinity(format, 0) | ((<u64>1) << (fractionBits(format) - 1));
}

/** An invalid operation's result. */
export function invalid(format: Format): u64 {
  raise(INVALID);
  return defaultNan(format);
}

/** A number: ±`high`:`low` × 2^(`exponent` − 126), with the leading one at bit 126 if it is finite. */
export class Parts {
  kind: Kind = Kind.Zero;
  sign: u32 = 0;
  exponent: i32 = 0;
  high: u64 = 0;
  low: u64 = 0;

  /** Takes `bits` apart; denormal ones are flushed if the mode says so. */
  unpack(bits: u64, format: Format): void {
    const p = fractionBits(format);
    const top = (1 << exponentBits(format)) - 1;
    const biased = <i32>((bits >> p) & top);
    const fraction = bits & (((<u64>1) << p) - 1);
    this.sign = <u32>(bits >> (p + exponentBits(format))) & 1;
    this.low = 0;
    if (biased == top && !(format == Format.Half && hasAlternativeHalf())) {
      const isQuiet = (fraction >> (p - 1)) != 0;
      this.kind = fraction == 0 ? Kind.Infinite : isQuiet ? Kind.QuietNan : Kind.SignallingNan;
      this.high = fraction;
    } else if (biased == 0) this.unpackDenormal(fraction, format);
    else {
      this.kind = Kind.Finite;
      this.exponent = biased - bias(format);
      this.high = (fraction | ((<u64>1) << p)) << (62 - p);
    }
  }

  private unpackDenormal(fraction: u64, format: Format): void {
    this.kind = fraction == 0 ? Kind.Zero : Kind.Finite;
    this.high = 0;
    if (fraction == 0) return;
    if (format != Format.Half && flushes()) {
      this.kind = Kind.Zero;
      raise(FLUSHED);
      return;
    }
    const places = <u32>clz<u64>(fraction) - 1;
    this.high = fraction << places;
    this.exponent = 1 - bias(format) + <i32>(62 - fractionBits(format)) - <i32>places;
  }

  /** Sets it to a nonzero integer times 2^`scale`. */
  setInteger(sign: u32, magnitude: u64, scale: i32): void {
    const places = <u32>clz<u64>(magnitude);
    this.kind = magnitude == 0 ? Kind.Zero : Kind.Finite;
    this.sign = sign;
    this.exponent = 63 - <i32>places + scale;
    const left = magnitude << places;
    this.high = left >> 1;
    this.low = left << 63;
  }

  /** The nearest number of `format` by the rounding `mode`. */
  round(format: Format, mode: u32): u64 {
    if (this.kind == Kind.Zero) return signed(format, this.sign, 0);
    if (this.kind == Kind.Infinite) return infinity(format, this.sign);
    const p = fractionBits(format);
    const isAlternative = format == Format.Half && hasAlternativeHalf();
    let significand = this.high | <u64>(this.low != 0);
    let biased = this.exponent + bias(format);
    const isTiny = biased < 1;
    if (isTiny) {
      if (format != Format.Half && flushes()) {
        raise(UNDERFLOW);
        return signed(format, this.sign, 0);
      }
      significand = shiftRightSticky(significand, 1 - biased);
      biased = 1;
    }
    const place = 62 - p;
    const rest = significand & (((<u64>1) << place) - 1);
    const rounded = (significand >> place) + roundsUp(mode, this.sign, significand >> place, rest, (<u64>1) << (place - 1));
    // The leading one, where there is one, counts the exponent up by one.
    const magnitude = (<u64>(biased - 1) << p) + rounded;
    const top = ((<u64>1) << exponentBits(format)) - (isAlternative ? 0 : 1);
    if (magnitude >> p >= top) return overflow(format, this.sign, mode, isAlternative);
    if (rest != 0) raise(isTiny ? INEXACT | UNDERFLOW : INEXACT);
    return signed(format, this.sign, magnitude);
  }
}

function overflow(format: Format, sign: u32, mode: u32, isAlternative: bool): u64 {
  if (isAlternative) {
    raise(INVALID);
    return signed(format, sign, 0x7fff);
  }
  raise(OVERFLOW | INEXACT);
  const isKept = mode == Rounding.Zero || mode == (sign ? Rounding.Up : Rounding.Down);
  return infinity(format, sign) - <u64>isKept;
}

/** 1 if a number with `rest` below the lowest place that is kept, whose half is `half`, goes away from zero. */
export function roundsUp(mode: u32, sign: u32, kept: u64, rest: u64, half: u64): u64 {
  switch (mode) {
    case Rounding.Nearest:
      return <u64>(rest > half || (rest == half && (kept & 1) != 0));
    case Rounding.Up:
      return <u64>(rest != 0 && sign == 0);
    case Rounding.Down:
      return <u64>(rest != 0 && sign != 0);
    case Rounding.Away:
      return <u64>(rest >= half);
  }
  return 0;
}

/** What is shifted out is kept as a one in the lowest place. */
function shiftRightSticky(value: u64, places: i32): u64 {
  if (places <= 0) return value;
  if (places > 63) return <u64>(value != 0);
  return (value >> places) | <u64>((value << (64 - places)) != 0);
}

/** A NaN as a result: quiet, or the default one. */
export function quieten(bits: u64, kind: Kind, format: Format): u64 {
  if (kind == Kind.SignallingNan) raise(INVALID);
  return givesDefaultNan() ? defaultNan(format) : bits | ((<u64>1) << (fractionBits(format) - 1));
}

/** Of two operands, at least one a NaN: the first signalling one, else the first. */
export function chooseNan(format: Format, a: u64, kindA: Kind, b: u64, kindB: Kind): u64 {
  if (kindA == Kind.SignallingNan) return quieten(a, kindA, format);
  if (kindB == Kind.SignallingNan) return quieten(b, kindB, format);
  return kindA == Kind.QuietNan ? quieten(a, kindA, format) : quieten(b, kindB, format);
}
