/** Cycles that multi-cycle units take beyond their base price, by their operands. */
import { DIVIDER, MULTIPLIER, SHIFTER } from "../parameters";
import { Op } from "./op";

const enum Divider {
  /** Always the base price. */
  Fixed,
  /** Hazard3: a cycle each where signs are adjusted before and after. */
  SignAdjusting,
  /** CV32E40P: one for each place that the divisor is shifted up first. */
  Normalising,
  /** Ibex: a divisor of zero skips everything. */
  ZeroSkipping,
  /** E31: a cycle a bit, and none for the bits that the quotient cannot have. The result is all of it. */
  EarlyOut,
}

const enum Multiplier {
  Fixed,
  /** Hazard3's serial multiplier: signs are adjusted before and after. */
  SignAdjusting,
}

const enum Shifter {
  Barrel,
  /** PicoRV32: by four while it can, then by one. */
  ByFours,
}

export function divideCycles(op: Op, dividend: u32, divisor: u32): u32 {
  const isSigned = op == Op.Div || op == Op.Rem;
  const isNegative = isSigned && <i32>divisor < 0;
  if (DIVIDER == Divider.SignAdjusting) {
    const dividendIsNegative = isSigned && <i32>dividend < 0;
    const adjustsAfter = dividendIsNegative || (isNegative && divisor != 0);
    return <u32>(dividendIsNegative || !isNegative) + <u32>adjustsAfter;
  }
  if (DIVIDER == Divider.Normalising) return isNegative ? clz<u32>(~divisor) - 1 : clz<u32>(divisor);
  if (DIVIDER == Divider.ZeroSkipping) return divisor == 0 ? 0 : 35;
  if (DIVIDER == Divider.EarlyOut) {
    const from = isSigned && <i32>dividend < 0 ? 0 - dividend : dividend;
    const by = isNegative ? 0 - divisor : divisor;
    const bits = <i32>(clz<u32>(by) - clz<u32>(from)) + 1;
    return 2 + min(31, <u32>max(0, bits));
  }
  return 0;
}

export function multiplyCycles(op: Op, a: u32, b: u32): u32 {
  if (MULTIPLIER == Multiplier.SignAdjusting) {
    const isNegative = op != Op.Mulhu && <i32>a < 0;
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
