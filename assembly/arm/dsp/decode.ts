/** Words of the DSP extension into entries. Arm DDI 0403E.e, A5.3. */
import { IMMEDIATE, RA, RD, RS1 } from "../../machine/code";
import { fill, setSub } from "../fill";
import { Op } from "../op";
import { NONE } from "../registers";

/** Bytes of `IMMEDIATE`: rotation of Rm before use, or a shift or a width; and rotation of Rn. */
export const AMOUNT: u32 = IMMEDIATE;
export const AMOUNT_N: u32 = IMMEDIATE + 1;

/** Decodes the word (its first halfword above) if it needs the DSP extension. */
export function decodeDsp(entry: u32, word: u32): bool {
  if ((word & 0xff80f080) == 0xfa00f080) return decodeExtension(entry, word);
  if ((word & 0xff80f080) == 0xfa80f000) return decodeParallel(entry, word);
  if ((word & 0xff80f0c0) == 0xfa80f080) return decodeMiscellaneous(entry, word);
  if ((word & 0xff8000c0) == 0xfb000000) return decodeMultiply(entry, word);
  if ((word & 0xff800000) == 0xfb800000) return decodeLong(entry, word);
  if ((word & 0xfff08010) == 0xeac00000) return decodePack(entry, word);
  if ((word & 0xff70f0f0) == 0xf3200000) return decodeSaturate(entry, word);
  return false;
}

/** Rd at bit 8, Rn at 16, Rm at 0, as nearly all of them have it. */
function put(entry: u32, op: Op, word: u32, rotation: u32, rotationN: u32): bool {
  fill(entry, op, (word >>> 8) & 15, (word >>> 16) & 15, word & 15, rotation | (rotationN << 8));
  return true;
}

/** Bits 15 to 12 name an accumulator, unless they are 15. */
function accumulate(entry: u32, op: Op, word: u32, rotation: u32, rotationN: u32): bool {
  put(entry, op, word, rotation, rotationN);
  const ra = (word >>> 12) & 15;
  store<u8>(entry, <u8>((ra == 15 ? NONE : ra) * 4), RA);
  return true;
}

/** SXTAH, UXTAH, SXTAB16, UXTAB16, SXTAB, UXTAB; without Rn only those of two bytes are of the extension. */
function decodeExtension(entry: u32, word: u32): bool {
  const which = (word >>> 20) & 7;
  const isAlone = ((word >>> 16) & 15) == 15;
  if (which > 5 || (word & 0x40) != 0) return false;
  if (isAlone && which != 2 && which != 3) return false;
  put(entry, Op.Sxtah + which, word, ((word >>> 4) & 3) * 8, 0);
  if (isAlone) store<u8>(entry, <u8>(NONE * 4), RS1);
  return true;
}

function decodeParallel(entry: u32, word: u32): bool {
  const form = (word >>> 4) & 7;
  const shape = (word >>> 20) & 7;
  if ((form & 3) == 3 || (shape & 3) == 3) return false;
  put(entry, Op.Parallel, word, 0, 0);
  setSub(entry, (form << 3) | shape);
  return true;
}

/** QADD, QDADD, QSUB, QDSUB and SEL; REV and CLZ are not of the extension. */
function decodeMiscellaneous(entry: u32, word: u32): bool {
  const which = (word >>> 20) & 7;
  if (which == 0) return put(entry, Op.Qadd + ((word >>> 4) & 3), word, 0, 0);
  if (which == 2 && (word & 0x30) == 0) return put(entry, Op.Sel, word, 0, 0);
  return false;
}

function decodeMultiply(entry: u32, word: u32): bool {
  const high = (word & 0x10) != 0 ? 16 : 0;
  const highN = (word & 0x20) != 0 ? 16 : 0;
  const which = (word >>> 20) & 7;
  if (which == 1) return accumulate(entry, Op.Smlabb, word, high, highN);
  if (which == 0 || highN) return false;
  switch (which) {
    case 2:
      return accumulate(entry, Op.Smlad, word, high, 0);
    case 3:
      return accumulate(entry, Op.Smlawb, word, high, 0);
    case 4:
      return accumulate(entry, Op.Smlsd, word, high, 0);
    case 5:
      return accumulate(entry, Op.Smmla, word, high, 0);
    case 6:
      return ((word >>> 12) & 15) != 15 && accumulate(entry, Op.Smmls, word, high, 0);
  }
  return high == 0 && accumulate(entry, Op.Usada8, word, 0, 0);
}

/** RdLo at bit 12 is `RD`, RdHi at bit 8 is `RA`. */
function decodeLong(entry: u32, word: u32): bool {
  const op = longOp((word >>> 20) & 7, (word >>> 4) & 15);
  if (op == Op.Illegal) return false;
  const high = (word & 0x10) != 0 ? 16 : 0;
  const highN = op == Op.Smlalbb && (word & 0x20) != 0 ? 16 : 0;
  put(entry, op, word, high, highN);
  store<u8>(entry, <u8>(((word >>> 12) & 15) * 4), RD);
  store<u8>(entry, <u8>(((word >>> 8) & 15) * 4), RA);
  return true;
}

function longOp(which: u32, low: u32): Op {
  if (which == 4 && low >= 8 && low < 12) return Op.Smlalbb;
  if (which == 4 && (low & 14) == 12) return Op.Smlald;
  if (which == 5 && (low & 14) == 12) return Op.Smlsld;
  return which == 6 && low == 6 ? Op.Umaal : Op.Illegal;
}

/** PKHBT shifts Rm left, PKHTB right, where 0 means 32. */
function decodePack(entry: u32, word: u32): bool {
  const amount = ((word >>> 10) & 28) | ((word >>> 6) & 3);
  const isTop = (word & 0x20) != 0;
  return put(entry, isTop ? Op.Pkhtb : Op.Pkhbt, word, isTop && amount == 0 ? 31 : amount, 0);
}

function decodeSaturate(entry: u32, word: u32): bool {
  const isUnsigned = (word & 0x00800000) != 0;
  const bits = (word & 15) + (isUnsigned ? 0 : 1);
  fill(entry, isUnsigned ? Op.Usat16 : Op.Ssat16, (word >>> 8) & 15, (word >>> 16) & 15, NONE, bits);
  return true;
}
