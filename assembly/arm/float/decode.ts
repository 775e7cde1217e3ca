/** Words of the floating-point extension into entries. Arm DDI 0403E.e, A6.4 to A6.7; FPv5 adds what 0xfe begins. */
import { IMMEDIATE, RA } from "../../machine/code";
import { HAS_DOUBLE, HAS_FLOAT5 } from "../../parameters";
import { fill, setSub } from "../fill";
import { Op } from "../op";
import { Rounding } from "./status";
import { decodeCore, decodeMemory } from "./transfers";

/** Data processing has no fourth register: its byte is 1 for doubles. */
export const WIDE: u32 = RA;
/** Bytes of `IMMEDIATE`: digits after the point and bits of a fixed-point number. */
export const FRACTION: u32 = IMMEDIATE;
export const BITS: u32 = IMMEDIATE + 1;
// @ts-ignore: decorator
@inline
export function isDouble(entry: u32): bool {
  return HAS_DOUBLE && load<u8>(entry, WIDE) != 0;
}
/** `SUB` of conversions: a `Rounding`, or as FPSCR says; and whether the integer is signed, or the result inexact. */
export const AS_STATUS: u32 = 7;
export const IS_SIGNED: u32 = 8;
export const TELLS: u32 = 16;
/** `SUB` of comparisons. */
export const WITH_ZERO: u32 = 1;
export const SIGNALS: u32 = 2;

/** Decodes a word of coprocessors 10 and 11 (its first halfword above); false if it is none that the core has. */
export function decodeFloat(entry: u32, word: u32): bool {
  switch (word >>> 24) {
    case 0xec:
    case 0xed:
      return decodeMemory(entry, word);
    case 0xee:
      if (word & 0x10) return decodeCore(entry, word);
      return hasWidth(word) && decodeData(entry, word);
    case 0xfe:
      return HAS_FLOAT5 && (word & 0x10) == 0 && hasWidth(word) && decodeUnconditional(entry, word);
  }
  return false;
}

// @ts-ignore: decorator
@inline
function isWide(word: u32): bool {
  return (word & 0x100) != 0;
}

function hasWidth(word: u32): bool {
  return HAS_DOUBLE || !isWide(word);
}

/** The offset, in words, of the register whose four bits are at `at` and whose fifth is at `extra`. */
export function register(word: u32, at: u32, extra: u32, wide: bool): u32 {
  const bits = (word >>> at) & 15;
  const one = (word >>> extra) & 1;
  return wide ? (bits | (one << 4)) * 2 : bits * 2 + one;
}

/** Fills in operands of which each may be single or double. A double register above D15 makes it no instruction. */
function put(entry: u32, word: u32, op: Op, wideD: bool, wideM: bool, sub: u32): bool {
  const d = register(word, 12, 22, wideD);
  const n = register(word, 16, 7, wideM);
  const m = register(word, 0, 5, wideM);
  const hasN = op <= Op.Vsel;
  if (max(d, max(m, hasN ? n : 0)) > 31) return false;
  fill(entry, op, d, hasN ? n : 0, m, 0);
  setSub(entry, sub);
  store<u8>(entry, <u8>(wideD || wideM), WIDE);
  return true;
}

function same(entry: u32, word: u32, op: Op, sub: u32): bool {
  return put(entry, word, op, isWide(word), isWide(word), sub);
}

function decodeData(entry: u32, word: u32): bool {
  const low = (word >>> 6) & 1;
  switch (((word >>> 21) & 4) | ((word >>> 20) & 3)) {
    case 0:
      return same(entry, word, low ? Op.Vmls : Op.Vmla, 0);
    case 1:
      return same(entry, word, low ? Op.Vnmla : Op.Vnmls, 0);
    case 2:
      return same(entry, word, low ? Op.Vnmul : Op.Vmul, 0);
    case 3:
      return same(entry, word, low ? Op.Vsub : Op.Vadd, 0);
    case 4:
      return low == 0 && same(entry, word, Op.Vdiv, 0);
    case 5:
      return same(entry, word, low ? Op.Vfnma : Op.Vfnms, 0);
    case 6:
      return same(entry, word, low ? Op.Vfms : Op.Vfma, 0);
  }
  return low ? decodeOther(entry, word) : decodeImmediate(entry, word);
}

/** VMOV of a constant; a double's low word is 0. */
function decodeImmediate(entry: u32, word: u32): bool {
  if ((word & 0xa0) != 0 || !same(entry, word, Op.VmovImm, 0)) return false;
  const sign = (word >>> 19) & 1;
  const b = (word >>> 18) & 1;
  const rest = ((word >>> 12) & 0x30) | (word & 15);
  const places: u32 = isWide(word) ? 16 : 19;
  const repeated: u32 = isWide(word) ? 0xff : 0x1f;
  const exponent = ((b ^ 1) << (isWide(word) ? 8 : 5)) | (b ? repeated : 0);
  store<u32>(entry, (sign << 31) | (exponent << (places + 6)) | (rest << places), IMMEDIATE);
  return true;
}

function decodeOther(entry: u32, word: u32): bool {
  const high = (word >>> 7) & 1;
  const wide = isWide(word);
  switch ((word >>> 16) & 15) {
    case 0:
      return same(entry, word, high ? Op.Vabs : Op.Vmov, 0);
    case 1:
      return same(entry, word, high ? Op.Vsqrt : Op.Vneg, 0);
    case 2:
      return put(entry, word, Op.VcvtFromHalf, wide, false, high);
    case 3:
      return put(entry, word, Op.VcvtToHalf, false, wide, high);
    case 4:
      return same(entry, word, Op.Vcmp, high ? SIGNALS : 0);
    case 5:
      return (word & 0x2f) == 0 && same(entry, word, Op.Vcmp, WITH_ZERO | (high ? SIGNALS : 0));
    case 6:
      return HAS_FLOAT5 && same(entry, word, Op.Vrint, high ? Rounding.Zero : AS_STATUS);
    case 7:
      if (high == 0) return HAS_FLOAT5 && same(entry, word, Op.Vrint, AS_STATUS | TELLS);
      return HAS_DOUBLE && put(entry, word, wide ? Op.VcvtToSingle : Op.VcvtToDouble, !wide, wide, 0);
    case 8:
      return put(entry, word, Op.VcvtFromInt, wide, false, high ? IS_SIGNED : 0);
    case 10:
    case 11:
    case 14:
    case 15:
      return decodeFixed(entry, word);
    case 12:
    case 13:
      return put(
        entry, word, Op.VcvtToInt, false, wide, (high ? Rounding.Zero : AS_STATUS) | ((word >>> 13) & IS_SIGNED),
      );
  }
  return false;
}

/** Between a float and a fixed-point number of 16 or 32 bits in the same register. */
function decodeFixed(entry: u32, word: u32): bool {
  const bits: u32 = word & 0x80 ? 32 : 16;
  const amount = ((word & 15) << 1) | ((word >>> 5) & 1);
  if (amount > bits || register(word, 12, 22, isWide(word)) > 31) return false;
  const op = word & (1 << 18) ? Op.VcvtToFixed : Op.VcvtFromFixed;
  const d = register(word, 12, 22, isWide(word));
  fill(entry, op, d, 0, d, (bits - amount) | (bits << 8));
  store<u8>(entry, <u8>isWide(word), WIDE);
  setSub(entry, word & (1 << 16) ? 0 : IS_SIGNED);
  return true;
}

/** Rounding modes as bits 17 and 16 name them: A, N, P, M. */
function directed(word: u32): u32 {
  const rm = (word >>> 16) & 3;
  return rm == 0 ? Rounding.Away : rm - 1;
}

/** VSEL, VMAXNM, VMINNM, and roundings with the mode in the instruction. */
function decodeUnconditional(entry: u32, word: u32): bool {
  const low = (word >>> 6) & 1;
  if ((word & 0x00800000) == 0) return low == 0 && same(entry, word, Op.Vsel, (word >>> 20) & 3);
  if ((word & 0x00300000) == 0) return same(entry, word, low ? Op.Vminnm : Op.Vmaxnm, 0);
  if ((word & 0x00380000) != 0x00380000 || low == 0) return false;
  if (word & 0x00040000)
    return put(entry, word, Op.VcvtToInt, false, isWide(word), directed(word) | (word & 0x80 ? IS_SIGNED : 0));
  return (word & 0x80) == 0 && same(entry, word, Op.Vrint, directed(word));
}
