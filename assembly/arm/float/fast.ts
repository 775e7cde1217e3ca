/**
 * Arithmetic by the host's own instructions where that provably gives the same bits and flags: in the plain mode
 * (`isPlain`), when the result is a normal number above the smallest binade, or an exact zero. Elsewhere by
 * `arithmetic.ts`.
 */
import { add, divide, multiply, multiplyAdd, squareRoot, subtract } from "./arithmetic";
import { Format } from "./format";
import { isPlain } from "./status";

// @ts-ignore: decorator
@inline
function f(bits: u32): f32 {
  return reinterpret<f32>(bits);
}
// @ts-ignore: decorator
@inline
function d(bits: u64): f64 {
  return reinterpret<f64>(bits);
}

/** Exponent fields 2 to 254; what rounds up to the smallest normal number may underflow. */
// @ts-ignore: decorator
@inline
function isNormal(bits: u32): bool {
  return (bits & 0x7f800000) - 0x01000000 < 0x7e800000;
}
// @ts-ignore: decorator
@inline
function isNormalDouble(bits: u64): bool {
  return (bits & 0x7ff0000000000000) - 0x0020000000000000 < 0x7fd0000000000000;
}

// @ts-ignore: decorator
@inline
function isZero(bits: u32): bool {
  return bits << 1 == 0;
}

/** A sum that is zero is exact. */
// @ts-ignore: decorator
@inline
export function addSingle(a: u32, b: u32): u32 {
  const sum = reinterpret<u32>(f(a) + f(b));
  return isPlain() && (isNormal(sum) || isZero(sum)) ? sum : <u32>add(Format.Single, a, b);
}

// @ts-ignore: decorator
@inline
export function subtractSingle(a: u32, b: u32): u32 {
  const difference = reinterpret<u32>(f(a) - f(b));
  return isPlain() && (isNormal(difference) || isZero(difference)) ? difference : <u32>subtract(Format.Single, a, b);
}

/** A product that is zero is exact if a factor is. */
// @ts-ignore: decorator
@inline
export function multiplySingle(a: u32, b: u32): u32 {
  const product = reinterpret<u32>(f(a) * f(b));
  const isExact = isNormal(product) || (isZero(product) && (isZero(a) || isZero(b)));
  return isPlain() && isExact ? product : <u32>multiply(Format.Single, a, b);
}

export function divideSingle(a: u32, b: u32): u32 {
  const quotient = reinterpret<u32>(f(a) / f(b));
  return isPlain() && isNormal(quotient) ? quotient : <u32>divide(Format.Single, a, b);
}

export function rootSingle(a: u32): u32 {
  const root = reinterpret<u32>(sqrt<f32>(f(a)));
  return isPlain() && isNormal(root) ? root : <u32>squareRoot(Format.Single, a);
}

/**
 * a × b + c. The product is exact in double precision; their sum is rounded to odd there, which keeps what the second
 * rounding needs to know (S. Boldo, G. Melquiond, Emulation of FMA and correctly rounded sums, 2008).
 */
export function multiplyAddSingle(a: u32, b: u32, c: u32): u32 {
  const product = <f64>f(a) * <f64>f(b);
  const addend = <f64>f(c);
  const sum = product + addend;
  const part = sum - product;
  const error = product - (sum - part) + (addend - part);
  let odd = reinterpret<u64>(sum);
  if (error != 0 && (odd & 1) == 0) odd += error > 0 == sum > 0 ? 1 : -1;
  const result = reinterpret<u32>(<f32>reinterpret<f64>(odd));
  return isPlain() && (isNormal(result) || sum == 0) ? result : <u32>multiplyAdd(Format.Single, a, b, c);
}

export function addDouble(a: u64, b: u64): u64 {
  const sum = reinterpret<u64>(d(a) + d(b));
  return isPlain() && isNormalDouble(sum) ? sum : add(Format.Double, a, b);
}

export function subtractDouble(a: u64, b: u64): u64 {
  const difference = reinterpret<u64>(d(a) - d(b));
  return isPlain() && isNormalDouble(difference) ? difference : subtract(Format.Double, a, b);
}

export function multiplyDouble(a: u64, b: u64): u64 {
  const product = reinterpret<u64>(d(a) * d(b));
  return isPlain() && isNormalDouble(product) ? product : multiply(Format.Double, a, b);
}

export function divideDouble(a: u64, b: u64): u64 {
  const quotient = reinterpret<u64>(d(a) / d(b));
  return isPlain() && isNormalDouble(quotient) ? quotient : divide(Format.Double, a, b);
}

export function rootDouble(a: u64): u64 {
  const root = reinterpret<u64>(sqrt<f64>(d(a)));
  return isPlain() && isNormalDouble(root) ? root : squareRoot(Format.Double, a);
}
