/** Sum, product, quotient, square root and fused multiply-add in integers, exactly and then rounded once. */
import { Format, Kind, Parts, chooseNan, invalid, quieten } from "./format";
import { DIVISION, INVALID, Rounding, raise, rounding } from "./status";

const A = new Parts();
const B = new Parts();
const C = new Parts();

// @ts-ignore: decorator
@inline
function isNan(kind: Kind): bool {
  return kind >= Kind.QuietNan;
}

function exchangeSign(bits: u64, format: Format): u64 {
  return bits ^ ((<u64>1) << (format == Format.Single ? 31 : 63));
}

export function add(format: Format, a: u64, b: u64): u64 {
  A.unpack(a, format);
  B.unpack(b, format);
  if (isNan(A.kind) || isNan(B.kind)) return chooseNan(format, a, A.kind, b, B.kind);
  if (A.kind == Kind.Infinite && B.kind == Kind.Infinite && A.sign != B.sign) return invalid(format);
  sumIntoA();
  return A.round(format, rounding());
}

export function subtract(format: Format, a: u64, b: u64): u64 {
  B.unpack(b, format);
  if (!isNan(B.kind)) return add(format, a, exchangeSign(b, format));
  A.unpack(a, format);
  return chooseNan(format, a, A.kind, b, B.kind);
}

export function multiply(format: Format, a: u64, b: u64): u64 {
  A.unpack(a, format);
  B.unpack(b, format);
  if (isNan(A.kind) || isNan(B.kind)) return chooseNan(format, a, A.kind, b, B.kind);
  if (isInfinityTimesZero()) return invalid(format);
  multiplyIntoA();
  return A.round(format, rounding());
}

/** a × b + c, rounded once. NaNs: the addend's first. */
export function multiplyAdd(format: Format, a: u64, b: u64, c: u64): u64 {
  A.unpack(a, format);
  B.unpack(b, format);
  C.unpack(c, format);
  const anySignalling =
    A.kind == Kind.SignallingNan || B.kind == Kind.SignallingNan || C.kind == Kind.SignallingNan;
  if (isInfinityTimesZero() && C.kind != Kind.SignallingNan) return invalid(format);
  if (anySignalling && C.kind == Kind.QuietNan) return chooseNan(format, a, A.kind, b, B.kind);
  if (isNan(C.kind)) return quieten(c, C.kind, format);
  if (isNan(A.kind) || isNan(B.kind)) return chooseNan(format, a, A.kind, b, B.kind);
  multiplyIntoA();
  if (A.kind == Kind.Infinite && C.kind == Kind.Infinite && A.sign != C.sign) return invalid(format);
  B.kind = C.kind;
  B.sign = C.sign;
  B.exponent = C.exponent;
  B.high = C.high;
  B.low = 0;
  sumIntoA();
  return A.round(format, rounding());
}

export function divide(format: Format, a: u64, b: u64): u64 {
  A.unpack(a, format);
  B.unpack(b, format);
  if (isNan(A.kind) || isNan(B.kind)) return chooseNan(format, a, A.kind, b, B.kind);
  if (A.kind == B.kind && A.kind != Kind.Finite) return invalid(format);
  A.sign ^= B.sign;
  if (B.kind == Kind.Zero && A.kind == Kind.Finite) {
    raise(DIVISION);
    A.kind = Kind.Infinite;
  } else if (B.kind == Kind.Zero) A.kind = Kind.Infinite;
  else if (B.kind == Kind.Infinite) A.kind = Kind.Zero;
  else if (A.kind == Kind.Finite) divideIntoA();
  return A.round(format, rounding());
}

export function squareRoot(format: Format, a: u64): u64 {
  A.unpack(a, format);
  if (isNan(A.kind)) return quieten(a, A.kind, format);
  if (A.kind == Kind.Zero) return A.round(format, 0);
  if (A.sign) return invalid(format);
  if (A.kind == Kind.Finite) rootIntoA();
  return A.round(format, rounding());
}

/** N, Z, C, V of the comparison in bits 31 to 28; a quiet NaN is an exception only if `signals`. */
export function compare(format: Format, a: u64, b: u64, signals: bool): u32 {
  A.unpack(a, format);
  B.unpack(b, format);
  if (isNan(A.kind) || isNan(B.kind)) {
    if (signals || A.kind == Kind.SignallingNan || B.kind == Kind.SignallingNan) raise(INVALID);
    return 0x30000000;
  }
  const order = orderOfAB();
  return order < 0 ? 0x80000000 : order == 0 ? 0x60000000 : 0x20000000;
}

/** VMAXNM and VMINNM: a quiet NaN loses to a number. */
export function choose(format: Format, a: u64, b: u64, larger: bool): u64 {
  A.unpack(a, format);
  B.unpack(b, format);
  if (A.kind == Kind.QuietNan && !isNan(B.kind)) return B.round(format, Rounding.Nearest);
  if (B.kind == Kind.QuietNan && !isNan(A.kind)) return A.round(format, Rounding.Nearest);
  if (isNan(A.kind) || isNan(B.kind)) return chooseNan(format, a, A.kind, b, B.kind);
  const order = orderOfAB();
  const takesA = order == 0 ? (A.sign == 0) == larger : order > 0 == larger;
  return takesA ? A.round(format, Rounding.Nearest) : B.round(format, Rounding.Nearest);
}

function isInfinityTimesZero(): bool {
  return (A.kind == Kind.Infinite && B.kind == Kind.Zero) || (A.kind == Kind.Zero && B.kind == Kind.Infinite);
}

/** Below, equal or above 0 as A is below, equal to or above B; zeros are equal. */
function orderOfAB(): i32 {
  if (A.kind == Kind.Zero && B.kind == Kind.Zero) return 0;
  const a = magnitudeOrder(A) * (A.sign ? -1 : 1);
  const b = magnitudeOrder(B) * (B.sign ? -1 : 1);
  if (a != b) return a < b ? -1 : 1;
  if (A.kind == Kind.Infinite || A.high == B.high) return 0;
  return A.high < B.high == (A.sign == 0) ? -1 : 1;
}

function magnitudeOrder(parts: Parts): i32 {
  return parts.kind == Kind.Zero ? 0 : parts.kind == Kind.Infinite ? 10000 : parts.exponent + 5000;
}

/** A ← A × B, where neither is a NaN nor one infinite and the other zero. */
function multiplyIntoA(): void {
  A.sign ^= B.sign;
  A.kind =
    A.kind == Kind.Zero || B.kind == Kind.Zero ? Kind.Zero
    : A.kind == Kind.Infinite || B.kind == Kind.Infinite ? Kind.Infinite
    : Kind.Finite;
  if (A.kind != Kind.Finite) return;
  const a = A.high;
  const b = B.high;
  const lowLow = (a & 0xffffffff) * (b & 0xffffffff);
  const lowHigh = (a & 0xffffffff) * (b >> 32);
  const highLow = (a >> 32) * (b & 0xffffffff);
  const middle = (lowLow >> 32) + (lowHigh & 0xffffffff) + (highLow & 0xffffffff);
  A.low = (lowLow & 0xffffffff) | (middle << 32);
  A.high = (a >> 32) * (b >> 32) + (lowHigh >> 32) + (highLow >> 32) + (middle >> 32);
  A.exponent += B.exponent + 2; // two ones at bit 62 gave one at bit 124 or 125
  normalizeA();
}

/** Moves the leading one up to bit 126. */
function normalizeA(): void {
  if (A.high == 0) {
    A.high = A.low >> 1;
    A.low <<= 63;
    A.exponent -= 63;
  }
  const places = <i32>clz<u64>(A.high) - 1;
  if (places <= 0) return;
  A.high = (A.high << places) | (A.low >> (64 - places));
  A.low <<= places;
  A.exponent -= places;
}

/** A ← A + B, where neither is a NaN nor both infinite with different signs. */
function sumIntoA(): void {
  if (A.kind == Kind.Infinite || B.kind == Kind.Zero) {
    if (A.kind == Kind.Zero && A.sign != B.sign) A.sign = <u32>(rounding() == Rounding.Down);
    return;
  }
  if (B.kind == Kind.Infinite || A.kind == Kind.Zero) {
    A.kind = B.kind;
    A.sign = B.sign;
    A.exponent = B.exponent;
    A.high = B.high;
    A.low = B.low;
    return;
  }
  if (A.exponent < B.exponent) alignRight(A, B.exponent);
  else alignRight(B, A.exponent);
  if (A.sign == B.sign) addMagnitudes();
  else subtractMagnitudes();
}

function alignRight(parts: Parts, exponent: i32): void {
  const places = exponent - parts.exponent;
  parts.exponent = exponent;
  if (places == 0) return;
  if (places > 127) {
    parts.high = 0;
    parts.low = 1;
    return;
  }
  if (places > 63) {
    const more = places - 64;
    const lost = more == 0 ? parts.low : parts.low | (parts.high << (64 - more));
    parts.low = (parts.high >> more) | <u64>(lost != 0);
    parts.high = 0;
    return;
  }
  const lost = parts.low << (64 - places);
  parts.low = (parts.low >> places) | (parts.high << (64 - places)) | <u64>(lost != 0);
  parts.high >>= places;
}

function addMagnitudes(): void {
  const low = A.low + B.low;
  A.high += B.high + <u64>(low < A.low);
  A.low = low;
  if (A.high >> 63 == 0) return;
  A.low = (A.low >> 1) | (A.high << 63) | (A.low & 1);
  A.high >>= 1;
  A.exponent += 1;
}

function subtractMagnitudes(): void {
  const isLarger = A.high > B.high || (A.high == B.high && A.low >= B.low);
  const high = isLarger ? A.high - B.high : B.high - A.high;
  const borrows = isLarger ? A.low < B.low : B.low < A.low;
  A.low = isLarger ? A.low - B.low : B.low - A.low;
  A.high = high - <u64>borrows;
  if (A.high == 0 && A.low == 0) {
    A.kind = Kind.Zero;
    A.sign = <u32>(rounding() == Rounding.Down);
    return;
  }
  if (!isLarger) A.sign ^= 1;
  normalizeA();
}

/** A ← A / B, both finite, to 63 bits of which the last is sticky. */
function divideIntoA(): void {
  A.exponent -= B.exponent;
  let remainder = A.high;
  if (remainder < B.high) {
    remainder <<= 1;
    A.exponent -= 1;
  }
  let quotient: u64 = 0;
  for (let i = 0; i < 63; i++) {
    const fits = remainder >= B.high;
    quotient = (quotient << 1) | <u64>fits;
    if (fits) remainder -= B.high;
    remainder <<= 1;
  }
  A.high = quotient | <u64>(remainder != 0);
  A.low = 0;
}

/** A ← √A, finite and not negative: 56 digits, and one more that is sticky. */
function rootIntoA(): void {
  // The radicand with its point after an even number of places: one or two digits before it.
  const isOdd = (A.exponent & 1) != 0;
  let radicand = isOdd ? A.high << 1 : A.high; // its first pair of digits is bits 63 and 62
  A.exponent = (A.exponent - <i32>isOdd) >> 1;
  let root: u64 = 0;
  let remainder: u64 = 0;
  for (let i = 0; i < 56; i++) {
    remainder = (remainder << 2) | (radicand >> 62);
    radicand <<= 2;
    const trial = (root << 2) | 1;
    root <<= 1;
    if (remainder < trial) continue;
    remainder -= trial;
    root |= 1;
  }
  A.high = (root << 7) | <u64>(remainder != 0);
  A.low = 0;
}

