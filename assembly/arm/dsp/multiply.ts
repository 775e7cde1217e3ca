/** Multiplications of halves, most significant words, and saturating sums. Arm DDI 0403E.e, A7.7. */
import { setQ } from "./flags";

// @ts-ignore: decorator
@inline
function low(value: u32): i32 {
  return <i32>(<i16>value);
}

// @ts-ignore: decorator
@inline
function high(value: u32): i32 {
  return <i32>value >> 16;
}

/** The low word; Q if the sum is not it. */
// @ts-ignore: decorator
@inline
function wrap(sum: i64): u32 {
  if (sum != <i64>(<i32>sum)) setQ();
  return <u32>sum;
}

/** SMLABB and, of rotated operands, SMLABT, SMLATB, SMLATT; without an accumulator SMULBB, ... */
// @ts-ignore: decorator
@inline
export function smlabb(n: u32, m: u32, accumulator: u32): u32 {
  return wrap(<i64>(low(n) * low(m)) + <i64>(<i32>accumulator));
}

/** SMLAWB and, of a rotated `m`, SMLAWT; SMULWB, SMULWT. */
export function smlawb(n: u32, m: u32, accumulator: u32): u32 {
  return wrap(((<i64>(<i32>n) * <i64>low(m)) >> 16) + <i64>(<i32>accumulator));
}

/** SMLAD and, of a rotated `m`, SMLADX; SMUAD, SMUADX. */
// @ts-ignore: decorator
@inline
export function smlad(n: u32, m: u32, accumulator: u32): u32 {
  return wrap(<i64>(low(n) * low(m)) + <i64>(high(n) * high(m)) + <i64>(<i32>accumulator));
}

/** SMLSD, SMLSDX, SMUSD, SMUSDX. */
export function smlsd(n: u32, m: u32, accumulator: u32): u32 {
  return wrap(<i64>(low(n) * low(m)) - <i64>(high(n) * high(m)) + <i64>(<i32>accumulator));
}

/** SMLALBB and its kin: what is added to the double word. */
export function smlalbb(n: u32, m: u32): i64 {
  return <i64>(low(n) * low(m));
}

/** SMLALD, SMLALDX. */
export function smlald(n: u32, m: u32): i64 {
  return <i64>(low(n) * low(m)) + <i64>(high(n) * high(m));
}

/** SMLSLD, SMLSLDX. */
export function smlsld(n: u32, m: u32): i64 {
  return <i64>(low(n) * low(m)) - <i64>(high(n) * high(m));
}

/** SMMLA, SMMUL: the high word of the sum; `rounding` is 0x80000000 for SMMLAR and SMMULR, else 0. */
export function smmla(n: u32, m: u32, accumulator: u32, rounding: u64): u32 {
  return <u32>(((<u64>accumulator << 32) + <u64>(<i64>(<i32>n) * <i64>(<i32>m)) + rounding) >> 32);
}

/** SMMLS, SMMLSR. */
export function smmls(n: u32, m: u32, accumulator: u32, rounding: u64): u32 {
  return <u32>(((<u64>accumulator << 32) - <u64>(<i64>(<i32>n) * <i64>(<i32>m)) + rounding) >> 32);
}

/** UMAAL: it cannot overflow. */
export function umaal(n: u32, m: u32, a: u32, b: u32): u64 {
  return <u64>n * <u64>m + <u64>a + <u64>b;
}

/** QADD, QSUB and the doubling in QDADD and QDSUB, of sums that 64 bits hold. */
export function saturate(sum: i64): i32 {
  if (sum == <i64>(<i32>sum)) return <i32>sum;
  setQ();
  return sum < 0 ? i32.MIN_VALUE : i32.MAX_VALUE;
}
