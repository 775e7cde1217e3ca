/**
 * RV32 instruction words into entries. What the core does not have decodes to `Illegal`, whose immediate is the word.
 *
 * Registers are kept as byte offsets into the register file; x0 as a destination is offset 128, which nobody reads.
 */
import { IMMEDIATE, LENGTH, OP, PC, RD, RS1, RS2, TARGET } from "../machine/code";
import { granuleOf, hostAddress, READABLE } from "../machine/memory";
import { applyMark } from "../machine/regions";
import { HAS_A, HAS_B, HAS_C, HAS_DIVIDE, HAS_M, HAS_ZCMP, REGISTERS, TIMED } from "../parameters";
import { expand } from "./compressed";
import { Op, isBranch, isRegisterOp, isStore } from "./op";
import { price } from "../rules";
import { decodeSeveral } from "./several";

/** Halfword at `pc`, or 0, which is no instruction, where nothing is mapped. */
function halfword(pc: u32): u32 {
  const granule = granuleOf(pc);
  return granule & READABLE ? load<u16>(hostAddress(granule, pc)) : 0;
}

/** Decodes the instruction of `entry`, and what its price needs of the one after it. */
export function decode(entry: u32): void {
  shape(entry);
  price(entry);
  if (TIMED) applyMark(entry);
}

/** Everything but prices. */
export function shape(entry: u32): void {
  const pc = load<u32>(entry, PC);
  const low = halfword(pc);
  const isCompressed = HAS_C && (low & 3) != 3;
  if (HAS_ZCMP && decodeSeveral(entry, low)) return;
  const word = isCompressed ? expand(low) : low | (halfword(pc + 2) << 16);
  store<u8>(entry, isCompressed ? 2 : 4, LENGTH);
  store<u32>(entry, 0, TARGET);
  decodeWord(entry, pc, word);
  const registers = registersOf(word, <Op>load<u16>(entry, OP));
  if (REGISTERS < 32 && registers >= REGISTERS) store<u16>(entry, Op.Illegal, OP);
  if (load<u16>(entry, OP) == Op.Illegal) store<u32>(entry, isCompressed ? low : word, IMMEDIATE);
}

/** The highest register that the instruction names. */
function registersOf(word: u32, op: Op): u32 {
  let highest = isStore(op) || isBranch(op) ? 0 : rdOf(word);
  if (op != Op.LoadUpper && op != Op.Jal && op != Op.Fence) highest = max(highest, rs1Of(word));
  return isBranch(op) || isStore(op) || isRegisterOp(op) ? max(highest, rs2Of(word)) : highest;
}

// @ts-ignore: decorator
@inline
function rdOf(word: u32): u32 {
  return (word >>> 7) & 31;
}
// @ts-ignore: decorator
@inline
function rs1Of(word: u32): u32 {
  return (word >>> 15) & 31;
}
// @ts-ignore: decorator
@inline
function rs2Of(word: u32): u32 {
  return (word >>> 20) & 31;
}

function fill(entry: u32, op: u32, rd: u32, rs1: u32, rs2: u32, immediate: i32): void {
  store<u16>(entry, <u16>op, OP);
  store<u8>(entry, <u8>(rd == 0 ? 128 : rd * 4), RD);
  store<u8>(entry, <u8>(rs1 * 4), RS1);
  store<u8>(entry, <u8>(rs2 * 4), RS2);
  store<i32>(entry, immediate, IMMEDIATE);
}

function decodeWord(entry: u32, pc: u32, word: u32): void {
  const rd = rdOf(word);
  const rs1 = rs1Of(word);
  const rs2 = rs2Of(word);
  const funct3 = (word >>> 12) & 7;
  const immediateI = <i32>word >> 20;
  switch (word & 0x7f) {
    case 0x37:
      return fill(entry, Op.LoadUpper, rd, 0, 0, word & 0xfffff000);
    case 0x17:
      return fill(entry, Op.LoadUpper, rd, 0, 0, pc + (word & 0xfffff000));
    case 0x6f:
      return fill(entry, Op.Jal, rd, 0, 0, pc + immediateJ(word));
    case 0x67:
      return fill(entry, funct3 == 0 ? Op.Jalr : Op.Illegal, rd, rs1, 0, immediateI);
    case 0x63:
      return fill(entry, branchOp(funct3), 0, rs1, rs2, pc + immediateB(word));
    case 0x03:
      return fill(entry, loadOp(funct3), rd, rs1, 0, immediateI);
    case 0x23:
      return fill(
        entry,
        funct3 < 3 ? Op.Sb + funct3 : Op.Illegal,
        0,
        rs1,
        rs2,
        (immediateI & ~31) | rd,
      );
    case 0x13:
      return decodeImmediate(entry, word, rd, rs1, funct3, immediateI);
    case 0x33:
      return fill(entry, registerOp(word >>> 25, funct3, rs2), rd, rs1, rs2, 0);
    case 0x0f:
      return fill(entry, funct3 == 0 ? Op.Fence : funct3 == 1 ? Op.FenceI : Op.Illegal, 0, 0, 0, 0);
    case 0x73:
      return decodeSystem(entry, word, rd, rs1, funct3);
    case 0x2f:
      return fill(
        entry,
        HAS_A && funct3 == 2 && isAtomic(word >>> 27, rs2) ? Op.Atomic : Op.Illegal,
        rd,
        rs1,
        rs2,
        word >>> 27,
      );
  }
  fill(entry, Op.Illegal, 0, 0, 0, word);
}

function immediateJ(word: u32): i32 {
  const sign = (<i32>word >> 31) << 20;
  return sign | (word & 0xff000) | (((word >>> 20) & 1) << 11) | (((word >>> 21) & 0x3ff) << 1);
}

function immediateB(word: u32): i32 {
  const sign = (<i32>word >> 31) << 12;
  return sign | (((word >>> 7) & 1) << 11) | (((word >>> 25) & 0x3f) << 5) | (((word >>> 8) & 15) << 1);
}

function branchOp(funct3: u32): u32 {
  switch (funct3) {
    case 0:
      return Op.Beq;
    case 1:
      return Op.Bne;
    case 4:
      return Op.Blt;
    case 5:
      return Op.Bge;
    case 6:
      return Op.Bltu;
    case 7:
      return Op.Bgeu;
  }
  return Op.Illegal;
}

function loadOp(funct3: u32): u32 {
  if (funct3 < 3) return Op.Lb + funct3;
  return funct3 == 4 ? Op.Lbu : funct3 == 5 ? Op.Lhu : Op.Illegal;
}

function isAtomic(funct5: u32, rs2: u32): bool {
  return funct5 == 2 ? rs2 == 0 : funct5 == 3 || funct5 < 2 || (funct5 & 3) == 0;
}

function decodeImmediate(entry: u32, word: u32, rd: u32, rs1: u32, funct3: u32, immediate: i32): void {
  if (funct3 == 1 || funct3 == 5)
    return fill(entry, shiftOp(word >>> 20, funct3), rd, rs1, 0, (word >>> 20) & 31);
  const op =
    funct3 == 0 ? Op.Addi
    : funct3 == 2 ? Op.Slti
    : funct3 == 3 ? Op.Sltiu
    : funct3 == 4 ? Op.Xori
    : funct3 == 6 ? Op.Ori
    : Op.Andi;
  fill(entry, op, rd, rs1, 0, immediate);
}

/** OP-IMM with funct3 1 or 5: shifts, and what Zbb and Zbs put beside them. */
function shiftOp(top: u32, funct3: u32): u32 {
  const funct7 = top >>> 5;
  if (funct7 == 0) return funct3 == 1 ? Op.Slli : Op.Srli;
  if (funct7 == 0x20 && funct3 == 5) return Op.Srai;
  if (!HAS_B) return Op.Illegal;
  if (funct3 == 1) {
    switch (top) {
      case 0x600:
        return Op.Clz;
      case 0x601:
        return Op.Ctz;
      case 0x602:
        return Op.Cpop;
      case 0x604:
        return Op.Sextb;
      case 0x605:
        return Op.Sexth;
    }
    if (funct7 == 0x24) return Op.Bclri;
    if (funct7 == 0x34) return Op.Binvi;
    return funct7 == 0x14 ? Op.Bseti : Op.Illegal;
  }
  if (top == 0x287) return Op.Orcb;
  if (top == 0x698) return Op.Rev8;
  if (funct7 == 0x30) return Op.Rori;
  return funct7 == 0x24 ? Op.Bexti : Op.Illegal;
}

function registerOp(funct7: u32, funct3: u32, rs2: u32): u32 {
  if (funct7 == 0) {
    switch (funct3) {
      case 0:
        return Op.Add;
      case 1:
        return Op.Sll;
      case 2:
        return Op.Slt;
      case 3:
        return Op.Sltu;
      case 4:
        return Op.Xor;
      case 5:
        return Op.Srl;
      case 6:
        return Op.Or;
    }
    return Op.And;
  }
  if (funct7 == 1) return HAS_M && (HAS_DIVIDE || funct3 < 4) ? Op.Mul + funct3 : Op.Illegal;
  if (funct7 == 0x20 && funct3 == 0) return Op.Sub;
  if (funct7 == 0x20 && funct3 == 5) return Op.Sra;
  return HAS_B ? bitOp(funct7, funct3, rs2) : Op.Illegal;
}

/** Zba, Zbb and Zbs on two registers. */
function bitOp(funct7: u32, funct3: u32, rs2: u32): u32 {
  switch ((funct7 << 3) | funct3) {
    case (0x10 << 3) | 2:
      return Op.Sh1add;
    case (0x10 << 3) | 4:
      return Op.Sh2add;
    case (0x10 << 3) | 6:
      return Op.Sh3add;
    case (0x20 << 3) | 7:
      return Op.Andn;
    case (0x20 << 3) | 6:
      return Op.Orn;
    case (0x20 << 3) | 4:
      return Op.Xnor;
    case (0x05 << 3) | 4:
      return Op.Min;
    case (0x05 << 3) | 5:
      return Op.Minu;
    case (0x05 << 3) | 6:
      return Op.Max;
    case (0x05 << 3) | 7:
      return Op.Maxu;
    case (0x04 << 3) | 4:
      return rs2 == 0 ? Op.Zexth : Op.Illegal;
    case (0x30 << 3) | 1:
      return Op.Rol;
    case (0x30 << 3) | 5:
      return Op.Ror;
    case (0x24 << 3) | 1:
      return Op.Bclr;
    case (0x24 << 3) | 5:
      return Op.Bext;
    case (0x34 << 3) | 1:
      return Op.Binv;
    case (0x14 << 3) | 1:
      return Op.Bset;
  }
  return Op.Illegal;
}

function decodeSystem(entry: u32, word: u32, rd: u32, rs1: u32, funct3: u32): void {
  if (funct3 == 0) {
    const op =
      word == 0x73 ? Op.Ecall
      : word == 0x100073 ? Op.Ebreak
      : word == 0x30200073 ? Op.Mret
      : word == 0x10500073 ? Op.Wfi
      : Op.Illegal;
    return fill(entry, op, 0, 0, 0, 0);
  }
  fill(entry, funct3 == 4 ? Op.Illegal : Op.Csr, rd, funct3 > 4 ? 0 : rs1, 0, word);
}
