/**
 * What generated kernels call: the intrinsics of the loop-nest IR that are more than one WebAssembly instruction.
 *
 * Names ending in 2 work on two 16-bit lanes in an i32 (lane 0 low); the rest of the vector forms are v128 builtins that
 * the printer names itself.
 */

/** TensorFlow Lite's MultiplyByQuantizedMultiplier: acc × multiplier × 2^(shift − 31), rounded twice. */
// @ts-ignore: decorator
@inline
export function requantize(acc: i32, multiplier: i32, shift: i32): i32 {
  const left = max<i32>(shift, 0);
  const right = left - shift;
  const high = i32((i64(acc << left) * i64(multiplier) + (1 << 30)) >> 31);
  const mask = (1 << right) - 1;
  const threshold = (mask >> 1) + i32(high < 0);
  return (high >> right) + i32((high & mask) > threshold);
}

/** acc × multiplier × 2^(shift − 31), rounded once, halves up. */
// @ts-ignore: decorator
@inline
export function requantizeNearest(acc: i32, multiplier: i32, shift: i32): i32 {
  return (i32((i64(acc) * i64(multiplier)) >> (30 - shift)) + 1) >> 1;
}

/** floor((acc × multiplier + 2^30 + 2^(30 − shift)) / 2^(31 − shift)): rounded once, for what is not negative. */
// @ts-ignore: decorator
@inline
export function requantizeOnce(acc: i32, multiplier: i32, shift: i32): i32 {
  const half = (i64(1) << i64(30 - shift)) + (1 << 30);
  return i32((i64(acc) * i64(multiplier) + half) >> i64(31 - shift));
}

/** The even bytes of a word, sign-extended, as two lanes. */
// @ts-ignore: decorator
@inline
export function evens(word: i32): i32 {
  return lanes2(i32(i8(word)), (word << 8) >> 24);
}

/** The odd bytes of a word, sign-extended, as two lanes. */
// @ts-ignore: decorator
@inline
export function odds(word: i32): i32 {
  return lanes2((word << 16) >> 24, word >> 24);
}

/** The odd bytes of a word as two lanes. */
// @ts-ignore: decorator
@inline
export function oddsUnsigned(word: i32): i32 {
  return (word >> 8) & 0x00ff00ff;
}

/** The high halves of two words. */
// @ts-ignore: decorator
@inline
export function tops2(low: i32, high: i32): i32 {
  return ((low >> 16) & 0xffff) | (high & 0xffff0000);
}

/** Sum of the four lanes of an i32x4. */
// @ts-ignore: decorator
@inline
export function sum(v: v128): i32 {
  const halves = i32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
}

// @ts-ignore: decorator
@inline
export function lanes2(low: i32, high: i32): i32 {
  return (low & 0xffff) | (high << 16);
}

// @ts-ignore: decorator
@inline
export function dot2(a: i32, b: i32): i32 {
  return i32(i16(a)) * i32(i16(b)) + (a >> 16) * (b >> 16);
}

// @ts-ignore: decorator
@inline
export function addLanes2(a: i32, b: i32): i32 {
  return lanes2(a + b, (a >> 16) + (b >> 16));
}

// @ts-ignore: decorator
@inline
export function subLanes2(a: i32, b: i32): i32 {
  return lanes2(a - b, (a >> 16) - (b >> 16));
}

/** The sum of sixteen products of bytes. */
// @ts-ignore: decorator
@inline
export function dot16(a: v128, b: v128): i32 {
  const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(a), i16x8.extend_low_i8x16_s(b));
  const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(a), i16x8.extend_high_i8x16_s(b));
  return sum(i32x4.add(low, high));
}

// @ts-ignore: decorator
@inline
export function four(a: i32, b: i32, c: i32, d: i32): v128 {
  const low = i32x4.replace_lane(i32x4.splat(a), 1, b);
  return i32x4.replace_lane(i32x4.replace_lane(low, 2, c), 3, d);
}

// @ts-ignore: decorator
@inline
function rescaled(acc: i32, multiplier: i32, shift: i32, once: bool): i32 {
  return once ? requantizeOnce(acc, multiplier, shift) : requantize(acc, multiplier, shift);
}

// @ts-ignore: decorator
@inline
function limited4(x: v128, low: i32, high: i32): v128 {
  return i32x4.min_s(i32x4.max_s(x, i32x4.splat(low)), i32x4.splat(high));
}

// @ts-ignore: decorator
@inline
function scaledAll(acc: v128, m: v128, s: v128, once: bool): v128 {
  return four(
    rescaled(i32x4.extract_lane(acc, 0), i32x4.extract_lane(m, 0), i32x4.extract_lane(s, 0), once),
    rescaled(i32x4.extract_lane(acc, 1), i32x4.extract_lane(m, 1), i32x4.extract_lane(s, 1), once),
    rescaled(i32x4.extract_lane(acc, 2), i32x4.extract_lane(m, 2), i32x4.extract_lane(s, 2), once),
    rescaled(i32x4.extract_lane(acc, 3), i32x4.extract_lane(m, 3), i32x4.extract_lane(s, 3), once),
  );
}

/** requantize lane by lane, plus zero, limited to [low, high]. */
export function scaled4(acc: v128, multiplier: v128, shift: v128, zero: i32, low: i32, high: i32): v128 {
  return limited4(i32x4.add(scaledAll(acc, multiplier, shift, false), i32x4.splat(zero)), low, high);
}

/** requantizeOnce lane by lane, plus zero, limited to [low, high]. */
export function scaledOnce4(acc: v128, multiplier: v128, shift: v128, zero: i32, low: i32, high: i32): v128 {
  return limited4(i32x4.add(scaledAll(acc, multiplier, shift, true), i32x4.splat(zero)), low, high);
}

// @ts-ignore: decorator
@inline
export function mulAdd4(sums: v128, x: v128, factor: i32): v128 {
  return i32x4.add(sums, i32x4.mul(x, i32x4.splat(factor)));
}

// @ts-ignore: decorator
@inline
export function shifted4(x: v128, by: i32, low: i32, high: i32): v128 {
  return limited4(i32x4.shr_s(x, by), low, high);
}

/** Four bytes at an address, each extended to 32 bits. */
// @ts-ignore: decorator
@inline
export function bytes4<T>(from: usize): v128 {
  const bytes = v128.load_zero<u32>(from);
  return isSigned<T>()
    ? i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(bytes))
    : i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes));
}

/** Stores the low byte of each of four lanes. */
// @ts-ignore: decorator
@inline
export function storeBytes4(to: usize, v: v128): void {
  store<u8>(to, i32x4.extract_lane(v, 0));
  store<u8>(to, i32x4.extract_lane(v, 1), 1);
  store<u8>(to, i32x4.extract_lane(v, 2), 2);
  store<u8>(to, i32x4.extract_lane(v, 3), 3);
}

/** Stores the low byte of each of eight lanes, `pitch` bytes apart. */
// @ts-ignore: decorator
@inline
export function storeApart(to: usize, v: v128, pitch: usize): void {
  store<u8>(to + 0 * pitch, i16x8.extract_lane_u(v, 0));
  store<u8>(to + 1 * pitch, i16x8.extract_lane_u(v, 1));
  store<u8>(to + 2 * pitch, i16x8.extract_lane_u(v, 2));
  store<u8>(to + 3 * pitch, i16x8.extract_lane_u(v, 3));
  store<u8>(to + 4 * pitch, i16x8.extract_lane_u(v, 4));
  store<u8>(to + 5 * pitch, i16x8.extract_lane_u(v, 5));
  store<u8>(to + 6 * pitch, i16x8.extract_lane_u(v, 6));
  store<u8>(to + 7 * pitch, i16x8.extract_lane_u(v, 7));
}
