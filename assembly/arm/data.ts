/** Data processing of either length into entries: which of the many forms an instruction is. */
import { fill, setSub } from "./fill";
import { Op } from "./op";
import { NONE, SINK } from "./registers";
import { ASR, LSL, LSR, ROR, RRX } from "./shift";

/** Operations as 32-bit instructions encode them. */
export const AND: u32 = 0;
export const BIC: u32 = 1;
export const ORR: u32 = 2;
export const ORN: u32 = 3;
export const EOR: u32 = 4;
export const ADD: u32 = 8;
export const ADC: u32 = 10;
export const SBC: u32 = 11;
export const SUBTRACT: u32 = 13;
export const RSB: u32 = 14;
/** Added to the operation of one that sets flags, in `SUB` of `DataImm` and `DataReg`. */
export const FLAGS: u32 = 16;

/** What a constant does to C: nothing, clear it, set it. The two bits above `FLAGS` hold it. */
export const KEEP: u32 = 0;
const CLEAR: u32 = 1;
const SET: u32 = 2;
export const CARRY_SHIFT: u32 = 5;

export function dataImmediate(
  entry: u32,
  operation: u32,
  flags: bool,
  rd: u32,
  rn: u32,
  value: u32,
  carry: u32,
): void {
  if (rn == NONE) return constant(entry, flags, rd, operation == ORN ? ~value : value, carry);
  const op = flags ? flaggedImmediate(operation, carry) : plainImmediate(operation);
  if (op == Op.DataImm) {
    fill(entry, op, rd, rn, NONE, value);
    setSub(entry, operation | (flags ? FLAGS : 0) | (carry << CARRY_SHIFT));
    return;
  }
  const complements = operation == BIC || operation == ORN;
  const negates = operation == SUBTRACT && !flags;
  fill(entry, op, rd, rn, NONE, complements ? ~value : negates ? 0 - value : value);
}

function constant(entry: u32, flags: bool, rd: u32, value: u32, carry: u32): void {
  fill(entry, flags ? Op.MovsConstant : Op.LoadConstant, rd, NONE, NONE, value);
  setSub(entry, carry);
}

function plainImmediate(operation: u32): u32 {
  switch (operation) {
    case AND:
    case BIC:
      return Op.AndImm;
    case ORR:
    case ORN:
      return Op.OrrImm;
    case EOR:
      return Op.EorImm;
    case ADD:
    case SUBTRACT:
      return Op.AddImm;
    case RSB:
      return Op.RsbImm;
  }
  return Op.DataImm;
}

function flaggedImmediate(operation: u32, carry: u32): u32 {
  switch (operation) {
    case AND:
    case BIC:
      return carry == KEEP ? Op.AndsImm : Op.DataImm;
    case ADD:
      return Op.AddsImm;
    case SUBTRACT:
      return Op.SubsImm;
    case RSB:
      return Op.RsbsImm;
  }
  return Op.DataImm;
}

/** `type` and `amount` as `immediateShift` gives them. */
export function dataRegister(
  entry: u32,
  operation: u32,
  flags: bool,
  rd: u32,
  rn: u32,
  rm: u32,
  type: u32,
  amount: u32,
): void {
  const isPlain = type == LSL && amount == 0;
  let op: u32 = Op.DataReg;
  if (rn == NONE && operation == ORR) op = move(flags, type, amount);
  else if (isPlain) op = flags ? flaggedRegister(operation) : plainRegister(operation);
  else if (!flags) op = shiftedRegister(operation);
  if (<Op>op >= Op.LslImm && <Op>op <= Op.AsrsImm) return fill(entry, op, rd, rm, NONE, amount);
  if (op == Op.Mov || op == Op.Movs) return fill(entry, op, rd, rm, NONE, 0);
  fill(entry, op, rd, rn, rm, amount | (type << 8));
  setSub(entry, op == Op.DataReg ? operation | (flags ? FLAGS : 0) : type);
}

/** MOV of a shifted register. */
function move(flags: bool, type: u32, amount: u32): u32 {
  switch (type) {
    case LSL:
      if (amount == 0) return flags ? Op.Movs : Op.Mov;
      return flags ? Op.LslsImm : Op.LslImm;
    case LSR:
      return flags ? Op.LsrsImm : Op.LsrImm;
    case ASR:
      return flags ? Op.AsrsImm : Op.AsrImm;
    case ROR:
      return flags ? Op.DataReg : Op.RorImm;
  }
  return Op.DataReg;
}

function plainRegister(operation: u32): u32 {
  switch (operation) {
    case AND:
      return Op.AndReg;
    case BIC:
      return Op.BicReg;
    case ORR:
      return Op.OrrReg;
    case EOR:
      return Op.EorReg;
    case ADD:
      return Op.AddReg;
    case SUBTRACT:
      return Op.SubReg;
  }
  return Op.DataReg;
}

function flaggedRegister(operation: u32): u32 {
  switch (operation) {
    case AND:
      return Op.AndsReg;
    case BIC:
      return Op.BicsReg;
    case ORR:
      return Op.OrrsReg;
    case EOR:
      return Op.EorsReg;
    case ADD:
      return Op.AddsReg;
    case SUBTRACT:
      return Op.SubsReg;
  }
  return Op.DataReg;
}

function shiftedRegister(operation: u32): u32 {
  switch (operation) {
    case AND:
      return Op.AndShift;
    case BIC:
      return Op.BicShift;
    case ORR:
      return Op.OrrShift;
    case EOR:
      return Op.EorShift;
    case ADD:
      return Op.AddShift;
    case SUBTRACT:
      return Op.SubShift;
    case RSB:
      return Op.RsbShift;
  }
  return Op.DataReg;
}

/** The amount of a shift by a constant, whose type is of two bits: 0 means 32, or RRX. Arm DDI 0403E, A7.4.2. */
export function shiftAmount(type: u32, amount: u32): u32 {
  if (amount != 0 || type == LSL) return amount;
  return type == ROR ? 1 : 32;
}

export function shiftType(type: u32, amount: u32): u32 {
  return type == ROR && amount == 0 ? RRX : type;
}

/** A constant of 12 bits: a byte repeated, or one rotated. Arm DDI 0403E, A5.3.2. */
export function expand(bits12: u32): u32 {
  const byte = bits12 & 0xff;
  if (bits12 >>> 10 == 0) {
    switch (bits12 >>> 8) {
      case 0:
        return byte;
      case 1:
        return byte | (byte << 16);
      case 2:
        return (byte << 8) | (byte << 24);
    }
    return byte * 0x01010101;
  }
  return rotr<u32>(0x80 | (bits12 & 0x7f), bits12 >>> 7);
}

/** What such a constant does to C. */
export function expandedCarry(bits12: u32): u32 {
  if (bits12 >>> 10 == 0) return KEEP;
  return expand(bits12) >>> 31 ? SET : CLEAR;
}

/** Comparisons: their result goes nowhere. */
export function destination(rd: u32, flags: bool): u32 {
  return rd == 15 && flags ? SINK : rd;
}
