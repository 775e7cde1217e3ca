/** 32-bit loads and stores into entries. Arm DDI 0403E, A5.3.5 to A5.3.10; DDI 0553B for load-acquire and store-release. */
import { IMMEDIATE, OP, PC, RS2 } from "../machine/code";
import { HAS_V8 } from "../parameters";
import { bits, fill, fillFour, illegal, literalBase, setSub } from "./fill";
import { Op } from "./op";
import { NONE } from "./registers";

/** Of an access's kind the three forms: `Imm`, `Reg`, `Indexed`. */
const REGISTER_LOAD: u32 = Op.LdrReg - Op.LdrImm;
const INDEXED_LOAD: u32 = Op.LdrIndexed - Op.LdrImm;
const REGISTER_STORE: u32 = Op.StrReg - Op.StrImm;
const INDEXED_STORE: u32 = Op.StrIndexed - Op.StrImm;

/** LDM, STM, up or down, which are also PUSH and POP. */
export function loadStoreMultiple(entry: u32, word: u32): void {
  const direction = bits(word, 23, 2);
  const rn = bits(word, 16, 4);
  const list = word & 0xffff;
  if (direction == 0 || direction == 3 || rn == 15) return illegal(entry, word);
  const loads = (word & (1 << 20)) != 0;
  const isMoved = (word & (1 << 21)) != 0;
  if (list & 0x2000 || (isMoved && list & (1 << rn)) || list == 0) return illegal(entry, word);
  if (!loads && list & 0x8000) return illegal(entry, word);
  fill(entry, !loads ? Op.Stm : list & 0x8000 ? Op.LdmPc : Op.Ldm, NONE, rn, NONE, list);
  setSub(entry, (direction == 2 ? 1 : 0) | (isMoved ? 2 : 0));
}

/** LDRD, STRD, exclusive accesses, table branches. */
export function loadStoreDual(entry: u32, word: u32): void {
  const isIndexed = (word & (1 << 21)) != 0;
  const isBefore = (word & (1 << 24)) != 0;
  if (!isIndexed && !isBefore) return word & (1 << 23) ? exclusiveOrTable(entry, word) : exclusiveWord(entry, word);
  const loads = (word & (1 << 20)) != 0;
  const distance = bits(word, 0, 8) * 4;
  const offset = word & (1 << 23) ? distance : 0 - distance;
  const rn = bits(word, 16, 4);
  if (rn == 15 && (isIndexed || !loads)) return illegal(entry, word);
  fillFour(entry, loads ? Op.Ldrd : Op.Strd, bits(word, 12, 4), bits(word, 8, 4), rn == 15 ? NONE : rn, NONE);
  store<u32>(entry, rn == 15 ? literalBase(entry) + offset : offset, IMMEDIATE);
  setSub(entry, !isIndexed ? 0 : isBefore ? 2 : 1);
}

/** LDREX and STREX, with an offset. */
function exclusiveWord(entry: u32, word: u32): void {
  const rt = bits(word, 12, 4);
  const rn = bits(word, 16, 4);
  const offset = bits(word, 0, 8) * 4;
  if (word & (1 << 20)) fill(entry, Op.LoadExclusive, rt, rn, NONE, offset);
  else fill(entry, Op.StoreExclusive, bits(word, 8, 4), rn, rt, offset);
  setSub(entry, 4);
}

function exclusiveOrTable(entry: u32, word: u32): void {
  const kind = bits(word, 4, 4);
  const loads = (word & (1 << 20)) != 0;
  const rt = bits(word, 12, 4);
  const rn = bits(word, 16, 4);
  if (loads && kind < 2) {
    const table = rn == 15 ? NONE : rn;
    return fill(entry, kind == 0 ? Op.Tbb : Op.Tbh, NONE, table, bits(word, 0, 4), rn == 15 ? tableAfter(entry) : 0);
  }
  const size = kind & 3;
  if (size == 3 || kind < 4 || (kind >= 8 && !HAS_V8) || kind == 6) return illegal(entry, word);
  if (kind >= 8 && kind < 12) return ordered(entry, loads, size, rt, rn);
  if (loads) fill(entry, Op.LoadExclusive, rt, rn, NONE, 0);
  else fill(entry, Op.StoreExclusive, bits(word, 0, 4), rn, rt, 0);
  setSub(entry, 1 << size);
}

/** LDA, LDAB, LDAH, STL, STLB, STLH: on one core they are ordinary accesses. */
function ordered(entry: u32, loads: bool, size: u32, rt: u32, rn: u32): void {
  const load = size == 0 ? Op.LdrbImm : size == 1 ? Op.LdrhImm : Op.LdrImm;
  const write = size == 0 ? Op.StrbImm : size == 1 ? Op.StrhImm : Op.StrImm;
  fill(entry, loads ? load : write, rt, rn, NONE, 0);
}

function tableAfter(entry: u32): u32 {
  return load<u32>(entry, PC) + 4;
}

/** LDR, STR and their narrower kin, with 12 bits of offset, 8 bits and indexing, or a register. */
export function loadStore(entry: u32, word: u32): void {
  const loads = (word & (1 << 20)) != 0;
  const isSigned = (word & (1 << 24)) != 0;
  const size = bits(word, 21, 2);
  if (size == 3 || (isSigned && (size == 2 || !loads))) return illegal(entry, word);
  const base = loads ? loadOp(size, isSigned) : storeOp(size);
  const rn = bits(word, 16, 4);
  if (rn == 15) return literal(entry, word, base, loads);
  if (word & (1 << 23)) return access(entry, base, 0, word, rn, word & 0xfff);
  if (word & (1 << 11)) return indexed(entry, word, base, loads, rn);
  if (bits(word, 6, 6) != 0) return illegal(entry, word);
  registerOffset(entry, word, base, loads, rn);
}

function loadOp(size: u32, isSigned: bool): u32 {
  if (size == 0) return isSigned ? Op.LdrsbImm : Op.LdrbImm;
  if (size == 1) return isSigned ? Op.LdrshImm : Op.LdrhImm;
  return Op.LdrImm;
}

function storeOp(size: u32): u32 {
  return size == 0 ? Op.StrbImm : size == 1 ? Op.StrhImm : Op.StrImm;
}

function literal(entry: u32, word: u32, base: u32, loads: bool): void {
  if (!loads) return illegal(entry, word);
  const distance = word & 0xfff;
  access(entry, base, 0, word, NONE, literalBase(entry) + (word & (1 << 23) ? distance : 0 - distance));
}

/** A load into PC jumps; one of a byte or halfword is a hint to fetch data early. */
function access(entry: u32, op: u32, sub: u32, word: u32, rn: u32, offset: u32): void {
  const rt = bits(word, 12, 4);
  const isStore = <Op>op >= Op.StrImm;
  if (rt == 15 && isStore) return illegal(entry, word);
  if (rt == 15 && bits(word, 21, 2) != 2) return fill(entry, Op.Nop, NONE, NONE, NONE, 0);
  fill(entry, rt == 15 ? Op.LdrPc : op, rt == 15 ? NONE : rt, rn, NONE, offset);
  setSub(entry, sub);
}

function indexed(entry: u32, word: u32, base: u32, loads: bool, rn: u32): void {
  const isBefore = (word & (1 << 10)) != 0;
  const isMoved = (word & (1 << 8)) != 0;
  if (!isBefore && !isMoved) return illegal(entry, word);
  const distance = word & 0xff;
  const offset = word & (1 << 9) ? distance : 0 - distance;
  if (!isMoved) return access(entry, base, 0, word, rn, offset);
  if (bits(word, 12, 4) == rn) return illegal(entry, word);
  const isJump = bits(word, 12, 4) == 15;
  if (isJump && bits(word, 21, 2) != 2) return illegal(entry, word);
  const moved = isBefore ? 0 : 1;
  access(entry, base + (loads ? INDEXED_LOAD : INDEXED_STORE), isJump ? 2 - moved : moved, word, rn, offset);
}

function registerOffset(entry: u32, word: u32, base: u32, loads: bool, rn: u32): void {
  access(entry, base + (loads ? REGISTER_LOAD : REGISTER_STORE), bits(word, 4, 2), word, rn, 0);
  if (load<u8>(entry, OP) == Op.Nop) return;
  store<u8>(entry, <u8>(bits(word, 0, 4) * 4), RS2);
  if (load<u8>(entry, OP) == Op.LdrPc) setSub(entry, bits(word, 4, 2) << 4);
}
