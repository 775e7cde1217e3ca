/** Decoding of what moves words between floating-point registers, core registers and memory. Arm DDI 0403E.e, A6.6. */
import { RA } from "../../machine/code";
import { fill, literalBase, setSub } from "../fill";
import { Op } from "../op";
import { NONE, SINK } from "../registers";
import { register } from "./decode";

/** VLDR, VSTR, VLDM, VSTM and moves of two words. */
export function decodeMemory(entry: u32, word: u32): bool {
  if ((word & 0xffe000d0) == 0xec400010) return decodePair(entry, word);
  const isIndexed = (word & 0x01000000) != 0;
  const goesUp = (word & 0x00800000) != 0;
  const writesBack = (word & 0x00200000) != 0;
  if (isIndexed && !writesBack) return decodeOne(entry, word, goesUp);
  // Without an index they go up from the base; with one they go down, and move it.
  return isIndexed != goesUp && decodeSeveral(entry, word, goesUp, writesBack);
}

/** Words in `SUB`: 1, or 2 of a double register. */
function decodeOne(entry: u32, word: u32, goesUp: bool): bool {
  const isWide = (word & 0x100) != 0;
  const isLoad = (word & 0x00100000) != 0;
  const d = register(word, 12, 22, isWide);
  const rn = (word >>> 16) & 15;
  const offset = <i32>((word & 0xff) << 2) * (goesUp ? 1 : -1);
  if (d > 31 || (rn == 15 && !isLoad)) return false;
  const op = isLoad ? Op.Vldr : Op.Vstr;
  if (rn < 15) fill(entry, op, d, rn, NONE, offset);
  else fill(entry, op, d, NONE, NONE, literalBase(entry) + offset);
  setSub(entry, isWide ? 2 : 1);
  return true;
}

/**
 * Words in `SUB`; where they begin, from the base, in the low half of `IMMEDIATE`; in the high half how far the base
 * moves, and in `RA` where it then goes.
 */
function decodeSeveral(entry: u32, word: u32, goesUp: bool, writesBack: bool): bool {
  const isWide = (word & 0x100) != 0;
  const d = register(word, 12, 22, isWide);
  const words = isWide ? word & 0xfe : word & 0xff;
  const rn = (word >>> 16) & 15;
  if (words == 0 || d + words > 32 || rn == 15) return false;
  const bytes = <i32>((word & 0xff) << 2);
  const start = goesUp ? 0 : -bytes;
  const moved = goesUp ? bytes : -bytes;
  fill(entry, word & 0x00100000 ? Op.Vldm : Op.Vstm, d, rn, NONE, (start & 0xffff) | (moved << 16));
  store<u8>(entry, <u8>((writesBack ? rn : SINK) * 4), RA);
  setSub(entry, words);
  return true;
}

/** Two core registers and two single ones, or a double one. `RD` and `RA` are the core's. */
function decodePair(entry: u32, word: u32): bool {
  const first = register(word, 0, 5, (word & 0x100) != 0);
  const rt = (word >>> 12) & 15;
  const rt2 = (word >>> 16) & 15;
  if (first > 30 || rt == 15 || rt2 == 15) return false;
  fill(entry, word & 0x00100000 ? Op.VmovPairToCore : Op.VmovPairFromCore, rt, NONE, first, 0);
  store<u8>(entry, <u8>(rt2 * 4), RA);
  return true;
}

/** One word between a core register, `RD`, and a register or half of a double one, `RS2`; VMRS and VMSR. */
export function decodeCore(entry: u32, word: u32): bool {
  const toCore = (word & 0x00100000) != 0;
  const rt = (word >>> 12) & 15;
  const which = (word >>> 21) & 7;
  const isLane = (word & 0x100) != 0;
  if ((word & 0x6f) != 0) return false;
  if (which == 7 && !isLane && ((word >>> 16) & 15) == 1 && (word & 0x80) == 0) return decodeStatus(entry, rt, toCore);
  if (which > 1 || rt == 15 || (which == 1 && !isLane)) return false;
  const at = isLane ? register(word, 16, 7, true) + which : register(word, 16, 7, false);
  if (at > 31) return false;
  fill(entry, toCore ? Op.VmovToCore : Op.VmovFromCore, rt, NONE, at, 0);
  return true;
}

function decodeStatus(entry: u32, rt: u32, toCore: bool): bool {
  if (rt == 15 && !toCore) return false;
  const op = !toCore ? Op.Vmsr : rt == 15 ? Op.VmrsFlags : Op.Vmrs;
  fill(entry, op, rt == 15 ? SINK : rt, NONE, NONE, 0);
  return true;
}
