/** Shifts and rotations, with the carry they leave. Arm DDI 0403E, A7.4.2. */
import { carry, setCarry } from "./flags";

export const LSL: u32 = 0;
export const LSR: u32 = 1;
export const ASR: u32 = 2;
export const ROR: u32 = 3;
/** By one place, through the carry. */
export const RRX: u32 = 4;

// @ts-ignore: decorator
@inline
export function lsl(value: u32, amount: u32): u32 {
  return amount < 32 ? value << amount : 0;
}

// @ts-ignore: decorator
@inline
export function lsr(value: u32, amount: u32): u32 {
  return amount < 32 ? value >>> amount : 0;
}

// @ts-ignore: decorator
@inline
export function asr(value: u32, amount: u32): u32 {
  return <i32>value >> (amount < 32 ? amount : 31);
}

/** By 0 to 255 places. */
export function shifted(value: u32, type: u32, amount: u32): u32 {
  if (type == LSL) return lsl(value, amount);
  if (type == LSR) return lsr(value, amount);
  if (type == ASR) return asr(value, amount);
  if (type == ROR) return rotr<u32>(value, amount);
  return (value >>> 1) | (carry() << 31);
}

/** The same, and sets C; by 0 places it stays. */
export function shiftedWithCarry(value: u32, type: u32, amount: u32): u32 {
  const result = shifted(value, type, amount);
  if (type == RRX) setCarry(value & 1);
  else if (amount == 0) return value;
  else if (type == LSL) setCarry(amount <= 32 ? (value >>> (32 - amount)) & 1 : 0);
  else if (type == LSR) setCarry(amount <= 32 ? (value >>> (amount - 1)) & 1 : 0);
  else if (type == ASR) setCarry((<i32>value >> (amount < 32 ? amount - 1 : 31)) & 1);
  else setCarry(result >>> 31);
  return result;
}
