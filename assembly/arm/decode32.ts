/** 32-bit Thumb instructions into entries; the word has the first halfword above. Arm DDI 0403E, A5.3. */
import { HAS_DSP, HAS_FLOAT, HAS_MAIN } from "../parameters";
import {
  ADD, AND, EOR, KEEP, ORN, ORR, SUBTRACT, dataImmediate, dataRegister, destination, expand, expandedCarry, shiftAmount,
  shiftType,
} from "./data";
import { decodeDsp } from "./dsp/decode";
import { hint } from "./decode16";
import { loadStore, loadStoreDual, loadStoreMultiple } from "./decode-memory";
import { bits, fill, fillFour, illegal, literalBase, pcOf, setSub } from "./fill";
import { decodeFloat } from "./float/decode";
import { Op } from "./op";
import { LR, NONE } from "./registers";

export function decode32(entry: u32, word: u32): void {
  if (bits(word, 27, 2) == 2 && word & 0x8000) return branchOrControl(entry, word);
  if (!HAS_MAIN) return illegal(entry, word);
  if (bits(word, 26, 1) && bits(word, 27, 2) != 2) return coprocessor(entry, word);
  switch (bits(word, 27, 2)) {
    case 1:
      if (word & (1 << 25)) return shiftedRegister(entry, word);
      return word & (1 << 22) ? loadStoreDual(entry, word) : loadStoreMultiple(entry, word);
    case 2:
      return word & (1 << 25) ? plainImmediate(entry, word) : modifiedImmediate(entry, word);
  }
  if (bits(word, 25, 1) == 0) return loadStore(entry, word);
  if (word & (1 << 24)) return word & (1 << 23) ? longMultiply(entry, word) : multiply(entry, word);
  register(entry, word);
}

const rdOf = (word: u32): u32 => bits(word, 8, 4);
const rnOf = (word: u32): u32 => bits(word, 16, 4);
const rmOf = (word: u32): u32 => bits(word, 0, 4);

/** Coprocessors 10 and 11 are floating point. */
function coprocessor(entry: u32, word: u32): void {
  const isFloat = bits(word, 9, 3) == 5;
  if (!HAS_FLOAT || !isFloat || !decodeFloat(entry, word)) illegal(entry, word);
}

function dsp(entry: u32, word: u32): void {
  if (!HAS_DSP || !decodeDsp(entry, word)) illegal(entry, word);
}

/** A moved operand is ORR or ORN of no register. */
function firstOf(word: u32, operation: u32): u32 {
  const rn = rnOf(word);
  return rn == 15 && (operation == ORR || operation == ORN) ? NONE : rn;
}

/** PKHBT, PKHTB and what no operation is. */
function isData(operation: u32): bool {
  return operation <= EOR || operation == ADD || operation == 10 || operation == 11 || operation >= SUBTRACT;
}

/** Only comparisons and tests may leave their result nowhere. */
function compares(operation: u32): bool {
  return operation == AND || operation == EOR || operation == ADD || operation == SUBTRACT;
}

function shiftedRegister(entry: u32, word: u32): void {
  const operation = bits(word, 21, 4);
  const flags = (word & (1 << 20)) != 0;
  if (operation == 6) return dsp(entry, word);
  const rd = destination(rdOf(word), flags && compares(operation));
  if (!isData(operation) || operation == 15) return illegal(entry, word);
  const amount = (bits(word, 12, 3) << 2) | bits(word, 6, 2);
  const type = bits(word, 4, 2);
  const rn = firstOf(word, operation);
  dataRegister(entry, operation, flags, rd, rn, rmOf(word), shiftType(type, amount), shiftAmount(type, amount));
}

function constantOf(word: u32): u32 {
  return (bits(word, 26, 1) << 11) | (bits(word, 12, 3) << 8) | bits(word, 0, 8);
}

function modifiedImmediate(entry: u32, word: u32): void {
  const operation = bits(word, 21, 4);
  const flags = (word & (1 << 20)) != 0;
  if (!isData(operation) || operation == 15) return illegal(entry, word);
  const rd = destination(rdOf(word), flags && compares(operation));
  const bits12 = constantOf(word);
  const isLogical = operation <= EOR;
  const carry = flags && isLogical ? expandedCarry(bits12) : KEEP;
  dataImmediate(entry, operation, flags, rd, firstOf(word, operation), expand(bits12), carry);
}

function plainImmediate(entry: u32, word: u32): void {
  const rd = rdOf(word);
  const rn = rnOf(word);
  const value = constantOf(word);
  const amount = (bits(word, 12, 3) << 2) | bits(word, 6, 2);
  switch (bits(word, 20, 5)) {
    case 0:
    case 10: {
      const offset = word & (1 << 23) ? 0 - value : value;
      if (rn == 15) return fill(entry, Op.LoadConstant, rd, NONE, NONE, literalBase(entry) + offset);
      return fill(entry, Op.AddImm, rd, rn, NONE, offset);
    }
    case 4:
      return fill(entry, Op.LoadConstant, rd, NONE, NONE, value | (rn << 12));
    case 12:
      return fill(entry, Op.Movt, rd, rd, NONE, value | (rn << 12));
    case 16:
    case 18:
    case 24:
    case 26:
      return saturate(entry, word, amount);
    case 20:
    case 28:
      if (amount + bits(word, 0, 5) >= 32) return illegal(entry, word);
      fill(entry, word & (1 << 23) ? Op.Ubfx : Op.Sbfx, rd, rn, NONE, amount);
      return setSub(entry, bits(word, 0, 5) + 1);
    case 22:
      if (bits(word, 0, 5) < amount) return illegal(entry, word);
      fill(entry, Op.Bfi, rd, rn == 15 ? NONE : rn, NONE, amount);
      return setSub(entry, bits(word, 0, 5) + 1 - amount);
  }
  illegal(entry, word);
}

/** SSAT and USAT; with a shift right by 0 they are SSAT16 and USAT16. */
function saturate(entry: u32, word: u32, amount: u32): void {
  const isArithmetic = (word & (1 << 21)) != 0;
  if (isArithmetic && amount == 0) return dsp(entry, word);
  const isUnsigned = (word & (1 << 23)) != 0;
  const op = isUnsigned ? Op.Usat : Op.Ssat;
  fill(entry, op, rdOf(word), NONE, rnOf(word), amount | (isArithmetic ? 2 << 8 : 0));
  setSub(entry, bits(word, 0, 5) + (isUnsigned ? 0 : 1));
}

function register(entry: u32, word: u32): void {
  if (bits(word, 12, 4) != 15) return illegal(entry, word);
  const second = bits(word, 4, 4);
  if (word & (1 << 23)) return second & 8 ? miscellaneous(entry, word) : dsp(entry, word);
  const rd = rdOf(word);
  if (second == 0) {
    const first = word & (1 << 20) ? Op.LslsReg : Op.LslReg;
    return fill(entry, first + bits(word, 21, 2), rd, rnOf(word), rmOf(word), 0);
  }
  if (!(second & 8) || rnOf(word) != 15) return dsp(entry, word);
  const rotation = bits(word, 4, 2) * 8;
  switch (bits(word, 20, 3)) {
    case 0:
      return fill(entry, Op.Sxth, rd, rmOf(word), NONE, rotation);
    case 1:
      return fill(entry, Op.Uxth, rd, rmOf(word), NONE, rotation);
    case 4:
      return fill(entry, Op.Sxtb, rd, rmOf(word), NONE, rotation);
    case 5:
      return fill(entry, Op.Uxtb, rd, rmOf(word), NONE, rotation);
  }
  dsp(entry, word);
}

/** REV, REV16, RBIT, REVSH, CLZ; the others are the DSP extension's. */
function miscellaneous(entry: u32, word: u32): void {
  const which = (bits(word, 20, 3) << 2) | bits(word, 4, 2);
  if (word & (1 << 6)) return illegal(entry, word);
  if (which < 4 || which == 8) return dsp(entry, word);
  const op =
    which == 4 ? Op.Rev
    : which == 5 ? Op.Rev16
    : which == 6 ? Op.Rbit
    : which == 7 ? Op.Revsh
    : which == 12 ? Op.Clz
    : Op.Illegal;
  if (op == Op.Illegal || rnOf(word) != rmOf(word)) return illegal(entry, word);
  fill(entry, op, rdOf(word), rmOf(word), NONE, 0);
}

function multiply(entry: u32, word: u32): void {
  const ra = bits(word, 12, 4);
  const which = bits(word, 20, 3) * 16 + bits(word, 4, 4);
  if (which > 1) return dsp(entry, word);
  if (which == 0 && ra == 15) return fill(entry, Op.Mul, rdOf(word), rnOf(word), rmOf(word), 0);
  fillFour(entry, which == 0 ? Op.Mla : Op.Mls, rdOf(word), ra, rnOf(word), rmOf(word));
}

function longMultiply(entry: u32, word: u32): void {
  const high = rdOf(word);
  const low = bits(word, 12, 4);
  switch (bits(word, 20, 3) * 16 + bits(word, 4, 4)) {
    case 0x00:
      return fillFour(entry, Op.Smull, low, high, rnOf(word), rmOf(word));
    case 0x20:
      return fillFour(entry, Op.Umull, low, high, rnOf(word), rmOf(word));
    case 0x40:
      return fillFour(entry, Op.Smlal, low, high, rnOf(word), rmOf(word));
    case 0x60:
      return fillFour(entry, Op.Umlal, low, high, rnOf(word), rmOf(word));
    case 0x1f:
      return fill(entry, Op.Sdiv, high, rnOf(word), rmOf(word), 0);
    case 0x3f:
      return fill(entry, Op.Udiv, high, rnOf(word), rmOf(word), 0);
  }
  dsp(entry, word);
}

/** Bits 25 to 1 of a jump's distance: sign, two that are sent as differing from it, 10 and 11 more. */
function distance(word: u32): u32 {
  const sign = bits(word, 26, 1);
  const first = bits(word, 13, 1) ^ sign ^ 1;
  const second = bits(word, 11, 1) ^ sign ^ 1;
  const high = ((0 - sign) << 24) | (first << 23) | (second << 22);
  return high | (bits(word, 16, 10) << 12) | (bits(word, 0, 11) << 1);
}

function branchOrControl(entry: u32, word: u32): void {
  const target = pcOf(entry);
  switch (bits(word, 12, 3) & 5) {
    case 5:
      return fill(entry, Op.Bl, LR, NONE, NONE, target + distance(word));
    case 1:
      return HAS_MAIN ? fill(entry, Op.B, NONE, NONE, NONE, target + distance(word)) : illegal(entry, word);
    case 0:
      return bits(word, 23, 3) == 7 ? control(entry, word) : conditionalBranch(entry, word);
  }
  illegal(entry, word);
}

function conditionalBranch(entry: u32, word: u32): void {
  if (!HAS_MAIN) return illegal(entry, word);
  const high = ((0 - bits(word, 26, 1)) << 20) | (bits(word, 11, 1) << 19) | (bits(word, 13, 1) << 18);
  const offset = high | (bits(word, 16, 6) << 12) | (bits(word, 0, 11) << 1);
  fill(entry, Op.Beq + bits(word, 22, 4), NONE, NONE, NONE, pcOf(entry) + offset);
}

/** MSR, hints, barriers, MRS. */
function control(entry: u32, word: u32): void {
  if (bits(word, 12, 3) != 0) return illegal(entry, word); // UDF
  switch (bits(word, 20, 7)) {
    case 0x38:
    case 0x39:
      fill(entry, Op.Msr, NONE, rnOf(word), NONE, bits(word, 0, 8));
      return setSub(entry, bits(word, 10, 2));
    case 0x3a:
      return HAS_MAIN && bits(word, 8, 3) == 0 ? hint(entry, bits(word, 0, 8)) : illegal(entry, word);
    case 0x3b:
      return barrier(entry, word);
    case 0x3e:
    case 0x3f:
      return fill(entry, Op.Mrs, rdOf(word), NONE, NONE, bits(word, 0, 8));
  }
  illegal(entry, word);
}

function barrier(entry: u32, word: u32): void {
  switch (bits(word, 4, 4)) {
    case 2:
      return HAS_MAIN ? fill(entry, Op.ClearExclusive, NONE, NONE, NONE, 0) : illegal(entry, word);
    case 4:
    case 5:
      return fill(entry, Op.Nop, NONE, NONE, NONE, 0);
    case 6:
      return fill(entry, Op.Isb, NONE, NONE, NONE, 0);
  }
  illegal(entry, word);
}
