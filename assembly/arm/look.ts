/** What prices need to know of an instruction and of its neighbours. */
import { ENTRY, IMMEDIATE, ITSTATE, LENGTH, OP, PC, RA, RD, RS1, RS2, SUB } from "../machine/code";
import { reserve } from "../machine/memory";
import { advance, shape } from "./decode";
import { floatReads, floatWrites } from "./float/look";
import { Op, accumulatesLong, isLongMultiply, isStore } from "./op";

/** Two, taken in turn: the neighbour of a neighbour leaves the first as it is. */
const neighbours: u32 = reserve(2 * ENTRY);
let turn: u32 = 0;

/** The shape of the instruction after `entry` in memory; it holds until the second call after this one. */
export function nextOf(entry: u32): u32 {
  turn ^= 1;
  const neighbour = neighbours + turn * ENTRY;
  const state = load<u8>(entry, ITSTATE);
  const isIt = load<u8>(entry, OP) == Op.It;
  store<u32>(neighbour, load<u32>(entry, PC) + load<u8>(entry, LENGTH), PC);
  store<u8>(neighbour, <u8>(isIt ? load<u32>(entry, IMMEDIATE) : advance(state)), ITSTATE);
  shape(neighbour);
  return neighbour;
}

/** A 32-bit instruction that lies in two words. */
// @ts-ignore: decorator
@inline
export function isUnaligned(entry: u32): bool {
  return (load<u32>(entry, PC) & 2) != 0 && load<u8>(entry, LENGTH) == 4;
}

/** Bit n for core register n, nothing for the slots that are no registers. */
// @ts-ignore: decorator
@inline
function bit(entry: u32, field: u32): u64 {
  const offset = <u32>load<u8>(entry + field);
  return offset < 64 ? (<u64>1) << (offset >>> 2) : 0;
}

/** Registers that an instruction reads: core register n is bit n, S register n bit 32 + n. */
export function reads(entry: u32): u64 {
  const op = <Op>load<u8>(entry, OP);
  if (op >= Op.Float) return floatReads(entry);
  const sources = bit(entry, RS1) | bit(entry, RS2);
  if (op == Op.Stm) return sources | load<u16>(entry, IMMEDIATE);
  if (isStore(op)) return op == Op.StoreExclusive ? sources : sources | bit(entry, RD) | bit(entry, RA);
  if (op == Op.Umull || op == Op.Smull || op == Op.Ldrd) return sources;
  if (accumulatesLong(op) || op == Op.Bfi || op == Op.Movt) return sources | bit(entry, RD) | bit(entry, RA);
  return sources | bit(entry, RA);
}

/** Registers that it writes. */
export function writes(entry: u32): u64 {
  const op = <Op>load<u8>(entry, OP);
  if (op >= Op.Float) return floatWrites(entry);
  const base = isMoved(entry, op) ? bit(entry, RS1) : 0;
  if (op == Op.Ldm || op == Op.LdmPc) return base | (load<u16>(entry, IMMEDIATE) & 0x7fff);
  if (isStore(op)) return op == Op.StoreExclusive ? bit(entry, RD) : base;
  return isLongMultiply(op) || accumulatesLong(op) || op == Op.Ldrd ? base | bit(entry, RD) | bit(entry, RA) : base | bit(entry, RD);
}

/** Registers that the address of a load or store is made of. */
export function addresses(entry: u32): u64 {
  const op = <Op>load<u8>(entry, OP);
  return op == Op.StoreExclusive ? bit(entry, RS1) : bit(entry, RS1) | bit(entry, RS2);
}

/** Whether an access moves its base register. */
export function isMoved(entry: u32, op: Op): bool {
  const sub = load<u8>(entry, SUB);
  if (op >= Op.LdrIndexed && op <= Op.LdrshIndexed) return true;
  if (op >= Op.StrIndexed && op <= Op.StrhIndexed) return true;
  if (op == Op.Ldrd || op == Op.Strd || op == Op.LdrPc) return (sub & 3) != 0;
  return (op == Op.Ldm || op == Op.LdmPc || op == Op.Stm) && (sub & 2) != 0;
}
