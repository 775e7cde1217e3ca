/** Which registers a floating-point instruction reads and writes: core register n is bit n, S register n bit 32 + n. */
import { OP, RA, RD, RS1, RS2, SUB } from "../../machine/code";
import { Op } from "../op";
import { WIDE, WITH_ZERO } from "./decode";

export function floatReads(entry: u32): u64 {
  const op = <Op>load<u8>(entry, OP);
  switch (op) {
    case Op.Vldr:
    case Op.Vldm:
      return core(entry, RS1);
    case Op.Vstr:
    case Op.Vstm:
      return core(entry, RS1) | singles(entry, RD, load<u8>(entry, SUB));
    case Op.VmovToCore:
      return singles(entry, RS2, 1);
    case Op.VmovPairToCore:
      return singles(entry, RS2, 2);
    case Op.VmovPairFromCore:
      return core(entry, RD) | core(entry, RA);
    case Op.VmovFromCore:
    case Op.Vmsr:
      return core(entry, RD);
    case Op.Vmrs:
    case Op.VmrsFlags:
    case Op.VmovImm:
      return 0;
    case Op.Vcmp: {
      const first = singles(entry, RD, wordsOf(entry));
      return load<u8>(entry, SUB) & WITH_ZERO ? first : first | singles(entry, RS2, wordsOf(entry));
    }
  }
  const first = op <= Op.Vsel ? singles(entry, RS1, wordsOf(entry)) : 0;
  const own = keepsOld(op) ? singles(entry, RD, wordsWritten(entry, op)) : 0;
  return first | own | singles(entry, RS2, wordsRead(entry, op));
}

export function floatWrites(entry: u32): u64 {
  const op = <Op>load<u8>(entry, OP);
  switch (op) {
    case Op.Vldr:
      return singles(entry, RD, load<u8>(entry, SUB));
    case Op.Vldm:
      return singles(entry, RD, load<u8>(entry, SUB)) | core(entry, RA);
    case Op.Vstm:
      return core(entry, RA);
    case Op.VmovToCore:
    case Op.Vmrs:
      return core(entry, RD);
    case Op.VmovPairToCore:
      return core(entry, RD) | core(entry, RA);
    case Op.VmovFromCore:
      return singles(entry, RS2, 1);
    case Op.VmovPairFromCore:
      return singles(entry, RS2, 2);
    case Op.Vstr:
    case Op.VmrsFlags:
    case Op.Vmsr:
    case Op.Vcmp:
      return 0;
  }
  return singles(entry, RD, wordsWritten(entry, op));
}

/** Adds to its destination, or replaces half of it. */
function keepsOld(op: Op): bool {
  return (op >= Op.Vmla && op <= Op.Vfnms) || op == Op.VcvtToHalf;
}

function wordsOf(entry: u32): u32 {
  return 1 + load<u8>(entry, WIDE);
}

function wordsRead(entry: u32, op: Op): u32 {
  const isSingle = op == Op.VcvtFromInt || op == Op.VcvtFromHalf || op == Op.VcvtToDouble;
  return isSingle ? 1 : wordsOf(entry);
}

function wordsWritten(entry: u32, op: Op): u32 {
  const isSingle = op == Op.VcvtToInt || op == Op.VcvtToHalf || op == Op.VcvtToSingle;
  return isSingle ? 1 : wordsOf(entry);
}

/** Nothing for the slots that are no registers. */
function core(entry: u32, field: u32): u64 {
  const offset = <u32>load<u8>(entry + field);
  return offset < 64 ? (<u64>1) << (offset >>> 2) : 0;
}

function singles(entry: u32, field: u32, words: u32): u64 {
  return (((<u64>1) << words) - 1) << (32 + (<u32>load<u8>(entry + field) >>> 2));
}
