/** N, Z, C and V: how results set them, and conditions read them. Arm DDI 0403E, A7.3 and A2.2.1. */
import { CARRY, NZ, OVERFLOW } from "./registers";

// @ts-ignore: decorator
@inline
export function setFlags(result: u32): void {
  store<i64>(NZ, <i64>(<i32>result));
}

// @ts-ignore: decorator
@inline
export function isZero(): bool {
  return load<u32>(NZ) == 0;
}

// @ts-ignore: decorator
@inline
export function isNegative(): bool {
  return load<i32>(NZ, 4) < 0;
}

// @ts-ignore: decorator
@inline
export function carry(): u32 {
  return load<u32>(CARRY);
}

// @ts-ignore: decorator
@inline
export function setCarry(bit: u32): void {
  store<u32>(CARRY, bit);
}

// @ts-ignore: decorator
@inline
export function hasOverflow(): bool {
  return load<i32>(OVERFLOW) < 0;
}

/** N equals V. */
// @ts-ignore: decorator
@inline
export function isAtLeast(): bool {
  return (load<i32>(NZ, 4) ^ load<i32>(OVERFLOW)) >= 0;
}

/** C is set and Z is not. */
// @ts-ignore: decorator
@inline
export function isHigher(): bool {
  return load<u32>(CARRY) != 0 && load<u32>(NZ) != 0;
}

/** N, Z, C and V as bits 31 to 28. */
export function nzcv(): u32 {
  const high = (<u32>isNegative() << 31) | (<u32>isZero() << 30);
  return high | (carry() << 29) | (<u32>hasOverflow() << 28);
}

/** From bits 31 to 28. */
export function setNzcv(word: u32): void {
  store<u32>(NZ, (word >>> 30) & 1 ? 0 : 1);
  store<u32>(NZ, word, 4);
  setCarry((word >>> 29) & 1);
  store<u32>(OVERFLOW, word << 3);
}

/** ADDS. */
// @ts-ignore: decorator
@inline
export function adds(a: u32, b: u32): u32 {
  const result = a + b;
  setFlags(result);
  setCarry(<u32>(result < a));
  store<u32>(OVERFLOW, (a ^ result) & (b ^ result));
  return result;
}

/** SUBS and CMP. */
// @ts-ignore: decorator
@inline
export function subs(a: u32, b: u32): u32 {
  const result = a - b;
  setFlags(result);
  setCarry(<u32>(a >= b));
  store<u32>(OVERFLOW, (a ^ b) & (a ^ result));
  return result;
}

/** ADCS; SBCS is that of the complement. */
export function adcs(a: u32, b: u32): u32 {
  const sum = <u64>a + <u64>b + <u64>carry();
  const result = <u32>sum;
  setFlags(result);
  setCarry(<u32>(sum >> 32));
  store<u32>(OVERFLOW, (a ^ result) & (b ^ result));
  return result;
}

/** Whether a condition, 0 EQ to 14 AL, holds. */
export function holds(condition: u32): bool {
  let result: bool = true;
  switch (condition >>> 1) {
    case 0:
      result = isZero();
      break;
    case 1:
      result = carry() != 0;
      break;
    case 2:
      result = isNegative();
      break;
    case 3:
      result = hasOverflow();
      break;
    case 4:
      result = isHigher();
      break;
    case 5:
      result = isAtLeast();
      break;
    case 6:
      result = isAtLeast() && !isZero();
      break;
  }
  return condition & 1 && condition < 14 ? !result : result;
}
