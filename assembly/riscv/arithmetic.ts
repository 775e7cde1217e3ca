/** What needs more than an operator: division's edge cases and bit counting. */

/** DIV: by zero gives -1, and the one overflow its dividend. */
export function divide(dividend: i32, divisor: i32): i32 {
  if (divisor == 0) return -1;
  return dividend == i32.MIN_VALUE && divisor == -1 ? dividend : dividend / divisor;
}

/** REM: by zero gives the dividend, and the one overflow 0. */
export function remainder(dividend: i32, divisor: i32): i32 {
  if (divisor == 0) return dividend;
  return divisor == -1 ? 0 : dividend % divisor;
}

export function clz32(value: u32): u32 {
  return clz<u32>(value);
}
export function ctz32(value: u32): u32 {
  return ctz<u32>(value);
}
export function cpop32(value: u32): u32 {
  return popcnt<u32>(value);
}
export function maximum(a: i32, b: i32): i32 {
  return a > b ? a : b;
}
export function minimum(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

/** Each byte that is not 0 becomes 0xff. */
export function orcb(value: u32): u32 {
  const low = value & 0x7f7f7f7f;
  const any = ((low + 0x7f7f7f7f) | value) & 0x80808080;
  return (any >>> 7) * 0xff;
}

export function rev8(value: u32): u32 {
  return bswap<u32>(value);
}
