/** Cycles that multi-cycle units take beyond their base price, by their operands. */
import { DIVIDER, MULTIPLIER, SHIFTER } from "../parameters";
import { Op } from "./op";

export const enum Divider {
  /** Always the base price. */
  Fixed,
  /** Hazard3: a cycle less or more where signs are adjusted before and after. */
  SignAdjusting,
  /** CV32E40P: the divisor is shifted up to the dividend's sign first. */
  Normalising,
}

export const enum Multiplier {
  Fixed,
  /** Hazard3's serial multiplier: signs are adjusted before and after. */
  SignAdjusting,
}

export const enum Shifter {
  Barrel,
  /** PicoRV32: by four while it can, then by one. */
  ByFours,
}

export function divideCycles(op: Op, dividend: u32, divisor: u32): u32 {
  if (DIVIDER == Divider.SignAdjusting) {
    const isSigned = op == Op.Div || op == Op.Rem;
    const a = isSigned && <i32>dividend < 0;
    const b = isSigned && <i32>divisor < 0;
    return <u32>(a || !b) + <u32>(a || (b && divisor != 0));
  }
  if (DIVIDER == Divider.Normalising) {
    const isSigned = op == Op.Div || op == Op.Rem;
    return <u32>clz<u32>(isSigned && <i32>divisor < 0 ? ~divisor : divisor);
  }
  return 0;
}

export function multiplyCycles(op: Op, a: u32, b: u32): u32 {
  if (MULTIPLIER == Multiplier.SignAdjusting) {
    const isNegative = <i32>a < 0;
    const otherIsNegative = op == Op.Mulh && <i32>b < 0;
    const before = <u32>(isNegative || otherIsNegative);
    return isNegative == otherIsNegative ? before : before + 1 + <u32>(a * b == 0);
  }
  return 0;
}

/** Of a shift by a register. */
export function shiftCycles(amount: u32): u32 {
  return SHIFTER == Shifter.ByFours ? (amount >>> 2) + (amount & 3) : 0;
}
