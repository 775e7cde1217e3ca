/** Writes the fields of an entry. Registers are numbers here and byte offsets into the register file there. */
import { IMMEDIATE, ITSTATE, OP, PC, RA, RD, RS1, RS2, SUB } from "../machine/code";
import { NONE } from "./registers";
import { Op } from "./op";

/** No fourth register, and 0 for what the operation says in `SUB`. */
export function fill(entry: u32, op: u32, rd: u32, rn: u32, rm: u32, immediate: u32): void {
  store<u16>(entry, <u16>op, OP);
  store<u8>(entry, <u8>(rd * 4), RD);
  store<u8>(entry, <u8>(rn * 4), RS1);
  store<u8>(entry, <u8>(rm * 4), RS2);
  store<u32>(entry, immediate, IMMEDIATE);
  store<u8>(entry, <u8>(NONE * 4), RA);
  store<u8>(entry, 0, SUB);
}

export function fillFour(entry: u32, op: u32, rd: u32, ra: u32, rn: u32, rm: u32): void {
  fill(entry, op, rd, rn, rm, 0);
  store<u8>(entry, <u8>(ra * 4), RA);
}

export function setSub(entry: u32, sub: u32): void {
  store<u8>(entry, <u8>sub, SUB);
}

/** Nothing that this core has: the immediate is the instruction. */
export function illegal(entry: u32, word: u32): void {
  fill(entry, Op.Illegal, NONE, NONE, NONE, word);
}

/** PC as an operand: the address of the instruction, plus 4. */
export function pcOf(entry: u32): u32 {
  return load<u32>(entry, PC) + 4;
}

/** The same, at a word: what literals lie relative to. */
export function literalBase(entry: u32): u32 {
  return pcOf(entry) & ~3;
}

export function isInItBlock(entry: u32): bool {
  return load<u8>(entry, ITSTATE) != 0;
}

// @ts-ignore: decorator
@inline
export function bits(word: u32, from: u32, count: u32): u32 {
  return (word >>> from) & ((1 << count) - 1);
}
