/** Compressed RV32C and Zcb instructions into the 32-bit words they stand for; 0, which is illegal, if there is none. */
import { HAS_ZCB } from "../parameters";

const ADDI: u32 = 0x13;
const LW: u32 = 0x2003;
const SW: u32 = 0x2023;
const SP: u32 = 2;

/** Bit `from` of `half`, moved to bit `to`. */
// @ts-ignore: decorator
@inline
function bit(half: u32, from: u32, to: u32): u32 {
  return ((half >>> from) & 1) << to;
}

// @ts-ignore: decorator
@inline
function bits(half: u32, from: u32, count: u32, to: u32): u32 {
  return ((half >>> from) & ((1 << count) - 1)) << to;
}

function typeI(base: u32, rd: u32, rs1: u32, immediate: u32): u32 {
  return base | (rd << 7) | (rs1 << 15) | (immediate << 20);
}

function typeS(base: u32, rs1: u32, rs2: u32, immediate: u32): u32 {
  return base | ((immediate & 31) << 7) | (rs1 << 15) | (rs2 << 20) | ((immediate >>> 5) << 25);
}

function typeR(base: u32, rd: u32, rs1: u32, rs2: u32): u32 {
  return base | (rd << 7) | (rs1 << 15) | (rs2 << 20);
}

export function expand(half: u32): u32 {
  const rd = bits(half, 7, 5, 0);
  const near1 = bits(half, 7, 3, 0) + 8;
  const near2 = bits(half, 2, 3, 0) + 8;
  switch ((half & 3) * 8 + (half >>> 13)) {
    case 0: {
      const offset = bits(half, 11, 2, 4) | bits(half, 7, 4, 6) | bit(half, 6, 2) | bit(half, 5, 3);
      return offset == 0 ? 0 : typeI(ADDI, near2, SP, offset);
    }
    case 2:
      return typeI(LW, near2, near1, wordOffset(half));
    case 4:
      return HAS_ZCB ? narrowAccess(half, near1, near2) : 0;
    case 6:
      return typeS(SW, near1, near2, wordOffset(half));
    case 8:
      return typeI(ADDI, rd, rd, signed6(half));
    case 9:
      return jump(half, 1);
    case 10:
      return typeI(ADDI, rd, 0, signed6(half));
    case 11:
      return signed6(half) == 0 ? 0 : rd == SP ? stackAdjust(half) : 0x37 | (rd << 7) | (signed6(half) << 12);
    case 12:
      return arithmetic(half, near1, near2);
    case 13:
      return jump(half, 0);
    case 14:
      return branch(half, 0, near1);
    case 15:
      return branch(half, 1, near1);
    case 16:
      return half & 0x1000 ? 0 : typeI(ADDI | 0x1000, rd, rd, bits(half, 2, 5, 0));
    case 18: {
      const offset = bit(half, 12, 5) | bits(half, 4, 3, 2) | bits(half, 2, 2, 6);
      return rd == 0 ? 0 : typeI(LW, rd, SP, offset);
    }
    case 20:
      return moveOrJump(half, rd, bits(half, 2, 5, 0));
    case 22:
      return typeS(SW, SP, bits(half, 2, 5, 0), bits(half, 9, 4, 2) | bits(half, 7, 2, 6));
  }
  return 0;
}

function wordOffset(half: u32): u32 {
  return bits(half, 10, 3, 3) | bit(half, 6, 2) | bit(half, 5, 6);
}

/** Six bits of immediate, sign-extended: the callers' shifts drop what does not fit. */
function signed6(half: u32): u32 {
  return bits(half, 2, 5, 0) | (half & 0x1000 ? 0xffffffe0 : 0);
}

function stackAdjust(half: u32): u32 {
  const offset =
    (half & 0x1000 ? 0xfffffe00 : 0) |
    bit(half, 6, 4) |
    bit(half, 5, 6) |
    bits(half, 3, 2, 7) |
    bit(half, 2, 5);
  return typeI(ADDI, SP, SP, offset);
}

function jump(half: u32, rd: u32): u32 {
  const offset =
    (half & 0x1000 ? 0xfffff800 : 0) |
    bit(half, 11, 4) |
    bits(half, 9, 2, 8) |
    bit(half, 8, 10) |
    bit(half, 7, 6) |
    bit(half, 6, 7) |
    bits(half, 3, 3, 1) |
    bit(half, 2, 5);
  const field =
    ((offset >>> 20) & 1) << 31 |
    ((offset >>> 1) & 0x3ff) << 21 |
    ((offset >>> 11) & 1) << 20 |
    ((offset >>> 12) & 0xff) << 12;
  return 0x6f | (rd << 7) | field;
}

function branch(half: u32, notEqual: u32, rs1: u32): u32 {
  const offset =
    (half & 0x1000 ? 0xffffff00 : 0) |
    bits(half, 10, 2, 3) |
    bits(half, 5, 2, 6) |
    bits(half, 3, 2, 1) |
    bit(half, 2, 5);
  const field =
    ((offset >>> 12) & 1) << 31 |
    ((offset >>> 5) & 0x3f) << 25 |
    ((offset >>> 1) & 15) << 8 |
    ((offset >>> 11) & 1) << 7;
  return 0x63 | (notEqual << 12) | (rs1 << 15) | field;
}

/** C.SRLI, C.SRAI, C.ANDI, and C.SUB, C.XOR, C.OR, C.AND. */
function arithmetic(half: u32, rd: u32, rs2: u32): u32 {
  const amount = bits(half, 2, 5, 0);
  switch (bits(half, 10, 2, 0)) {
    case 0:
      return half & 0x1000 ? 0 : typeI(ADDI | 0x5000, rd, rd, amount);
    case 1:
      return half & 0x1000 ? 0 : typeI(ADDI | 0x5000, rd, rd, amount | 0x400);
    case 2:
      return typeI(ADDI | 0x7000, rd, rd, signed6(half));
  }
  if (half & 0x1000) return HAS_ZCB ? unary(half, rd, rs2) : 0;
  switch (bits(half, 5, 2, 0)) {
    case 0:
      return typeR(0x40000033, rd, rd, rs2);
    case 1:
      return typeR(0x4033, rd, rd, rs2);
    case 2:
      return typeR(0x6033, rd, rd, rs2);
  }
  return typeR(0x7033, rd, rd, rs2);
}

/** C.LBU, C.LHU, C.LH, C.SB, C.SH. */
function narrowAccess(half: u32, near1: u32, near2: u32): u32 {
  const byteOffset = bit(half, 6, 0) | bit(half, 5, 1);
  const halfOffset = bit(half, 5, 1);
  switch (bits(half, 10, 3, 0)) {
    case 0:
      return typeI(0x4003, near2, near1, byteOffset);
    case 1:
      return typeI(half & 0x40 ? 0x1003 : 0x5003, near2, near1, halfOffset);
    case 2:
      return typeS(0x23, near1, near2, byteOffset);
    case 3:
      return half & 0x40 ? 0 : typeS(0x1023, near1, near2, halfOffset);
  }
  return 0;
}

/** C.MUL, and C.ZEXT.B, C.SEXT.B, C.ZEXT.H, C.SEXT.H, C.NOT. */
function unary(half: u32, rd: u32, rs2: u32): u32 {
  const way = bits(half, 5, 2, 0);
  if (way == 2) return typeR(0x02000033, rd, rd, rs2);
  if (way != 3) return 0;
  switch (bits(half, 2, 3, 0)) {
    case 0:
      return typeI(ADDI | 0x7000, rd, rd, 0xff);
    case 1:
      return typeI(ADDI | 0x1000, rd, rd, 0x604);
    case 2:
      return typeR(0x08004033, rd, rd, 0);
    case 3:
      return typeI(ADDI | 0x1000, rd, rd, 0x605);
    case 5:
      return typeI(ADDI | 0x4000, rd, rd, 0xfff);
  }
  return 0;
}

/** C.JR, C.MV, C.EBREAK, C.JALR, C.ADD. */
function moveOrJump(half: u32, rd: u32, rs2: u32): u32 {
  const adds = (half & 0x1000) != 0;
  if (rs2 != 0) return typeR(0x33, rd, adds ? rd : 0, rs2);
  if (rd == 0) return adds ? 0x100073 : 0;
  return typeI(0x67, adds ? 1 : 0, rd, 0);
}
