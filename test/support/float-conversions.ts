/** Conversions of floating-point numbers by integers of any length: what `assembly/arm/float/convert.ts` is held against. */
import type { FloatFormat, Mode, Result } from "./float-reference.ts";
import { Operation, flag, half, negativeOf, widthOf } from "./float-reference.ts";

/** The same number in another format. */
export function referenceFormat(from: FloatFormat, to: FloatFormat, mode: Mode, a: bigint): Result {
  const reading = new Operation(from, mode);
  const value = reading.read(a);
  const writing = new Operation(to, to === half ? { ...mode, flushes: false } : mode);
  const bits = ((): bigint => {
    if (value.kind === "infinite") return writing.infinity(value.negative);
    if (value.kind === "finite") return writing.round(value.negative, value.magnitude, value.exponent);
    const quiet = reading.nan([a])!;
    if (mode.defaultNan) return writing.defaultNan();
    const fraction = quiet & ((1n << BigInt(from.fractionBits)) - 1n);
    const places = BigInt(to.fractionBits - from.fractionBits);
    const negative = a >> BigInt(widthOf(from) - 1) === 1n;
    return writing.infinity(negative) | (places < 0n ? fraction >> -places : fraction << places);
  })();
  return { bits, flags: reading.flags | writing.flags };
}

/** The integer of so many bits that is nearest to a × 2^scale. */
export function referenceInteger(
  format: FloatFormat,
  mode: Mode,
  a: bigint,
  scale: number,
  bits: number,
  isSigned: boolean,
): Result {
  const operation = new Operation(format, mode);
  const value = operation.read(a);
  const low = isSigned ? -(1n << BigInt(bits - 1)) : 0n;
  const high = (1n << BigInt(isSigned ? bits - 1 : bits)) - 1n;
  if (value.kind !== "finite") {
    const bound = negativeOf(value) ? low : high;
    return { bits: value.kind === "nan" ? 0n : bound, flags: flag.invalid };
  }
  // A format of 200 digits and no exponent worth the name rounds to an integer.
  const exponent = value.exponent + scale;
  const sixteenth =
    exponent + 4 >= 0 ? value.magnitude << BigInt(exponent + 4) : value.magnitude >> BigInt(-exponent - 4);
  const lost = exponent + 4 < 0 && sixteenth << BigInt(-exponent - 4) !== value.magnitude;
  const rest = ((sixteenth & 15n) << 1n) | BigInt(lost);
  const down = sixteenth >> 4n;
  const up =
    mode.rounding === 0
      ? rest > 16n || (rest === 16n && (down & 1n) === 1n)
      : mode.rounding !== 3 && rest !== 0n && (mode.rounding === 1) !== value.negative;
  const magnitude = down + BigInt(up);
  const integer = value.negative ? -magnitude : magnitude;
  if (integer < low || integer > high)
    return { bits: integer < low ? low : high, flags: operation.flags | flag.invalid };
  return { bits: integer, flags: operation.flags | (rest === 0n ? 0 : flag.inexact) };
}
