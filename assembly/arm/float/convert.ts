/** Conversions: to and from integers and fixed point, between formats, and to integral values. */
import { Format, Kind, Parts, defaultNan, fractionBits, infinity, quieten, roundsUp, signed } from "./format";
import { INEXACT, INVALID, givesDefaultNan, hasAlternativeHalf, raise } from "./status";

const N = new Parts();
/** Of the last `split`: what lies below the point, and what would be half. */
let rest: u64 = 0;
let half: u64 = 1;

/** The integer part of N × 2^`scale`, which must be below 2^63. */
function split(scale: i32): u64 {
  const places = 62 - (N.exponent + scale);
  half = 1;
  rest = 0;
  if (places <= 0) return N.high << -places;
  if (places > 63) {
    rest = 1;
    half = 2;
    return 0;
  }
  rest = N.high & (((<u64>1) << places) - 1);
  half = (<u64>1) << (places - 1);
  return N.high >> places;
}

/**
 * The integer nearest to a × 2^`scale` by the rounding `mode`, in `bits` bits; what lies outside becomes the nearest
 * that does not, and a NaN 0, both invalid.
 */
export function toInteger(format: Format, a: u64, mode: u32, scale: i32, bits: u32, isSigned: bool): i32 {
  N.unpack(a, format);
  if (N.kind == Kind.Zero) return 0;
  const top: u64 = isSigned ? ((<u64>1) << (bits - 1)) - 1 + N.sign : N.sign ? 0 : ((<u64>1) << bits) - 1;
  let magnitude: u64 = (<u64>1) << 62;
  if (N.kind >= Kind.QuietNan) {
    raise(INVALID);
    return 0;
  }
  if (N.kind == Kind.Finite && N.exponent + scale < 40) {
    magnitude = split(scale);
    magnitude += roundsUp(mode, N.sign, magnitude, rest, half);
  }
  if (magnitude > top) {
    raise(INVALID);
    magnitude = top;
  } else if (rest != 0) raise(INEXACT);
  return N.sign ? -(<i32>magnitude) : <i32>magnitude;
}

/** `value` × 2^`scale`, rounded by `mode`. */
export function fromInteger(format: Format, value: i32, isSigned: bool, scale: i32, mode: u32): u64 {
  const isNegative = isSigned && value < 0;
  N.setInteger(<u32>isNegative, isNegative ? <u64>-(<i64>value) : <u64>(<u32>value), scale);
  return N.round(format, mode);
}

/** The integral value of the same format; VRINTX is the one that tells when it is another. */
export function toIntegral(format: Format, a: u64, mode: u32, tells: bool): u64 {
  N.unpack(a, format);
  if (N.kind >= Kind.QuietNan) return quieten(a, N.kind, format);
  if (N.kind != Kind.Finite) return N.round(format, mode);
  if (N.exponent >= <i32>fractionBits(format)) return a;
  const kept = split(0);
  const magnitude = kept + roundsUp(mode, N.sign, kept, rest, half);
  if (rest != 0 && tells) raise(INEXACT);
  N.setInteger(N.sign, magnitude, 0);
  return N.round(format, mode);
}

/** The same number in another format. Halves may be of the alternative format, without infinities and NaNs. */
export function toFormat(from: Format, to: Format, a: u64, mode: u32): u64 {
  N.unpack(a, from);
  const isAlternative = to == Format.Half && hasAlternativeHalf();
  if (N.kind >= Kind.QuietNan) return isAlternative ? alternativeNan() : nanInto(from, to, a);
  if (N.kind == Kind.Infinite && isAlternative) {
    raise(INVALID);
    return signed(to, N.sign, 0x7fff);
  }
  return N.round(to, mode);
}

function alternativeNan(): u64 {
  raise(INVALID);
  return signed(Format.Half, N.sign, 0);
}

/** A NaN keeps the highest bits of its fraction. */
function nanInto(from: Format, to: Format, a: u64): u64 {
  const quiet = quieten(a, N.kind, from);
  if (givesDefaultNan()) return defaultNan(to);
  const fraction = quiet & (((<u64>1) << fractionBits(from)) - 1);
  const places = <i32>fractionBits(to) - <i32>fractionBits(from);
  return infinity(to, N.sign) | (places < 0 ? fraction >> -places : fraction << places);
}
