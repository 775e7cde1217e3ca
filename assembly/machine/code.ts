/**
 * Decoded instructions: for each granule that has been executed a page of entries, one a halfword, which never moves.
 *
 * An entry is decoded when it is first met. It carries what the instruction does, what it costs if nothing unforeseen
 * happens, and how often what happened. Two entries beyond the page's end lead to the next page.
 */
import { CODE_PAGES, GRANULE, GRANULE_BITS } from "./layout";
import { READABLE, granuleOf, markCode, reserve } from "./memory";
import { Stop, refuse } from "./stop";

export const ENTRY: u32 = 96;
/** u16; 0: not decoded yet; 1: the page's end, go to `PC`; the others are the instruction set's own. */
export const OP: u32 = 0;
/** u8 each: register offsets or whatever the instruction set needs. */
export const RD: u32 = 2;
export const RS1: u32 = 3;
export const RS2: u32 = 4;
/** u8: bytes of the instruction. */
export const LENGTH: u32 = 5;
/** u8: cycles of it if it goes on to the next, and if it goes elsewhere. */
export const COST: u32 = 6;
export const TAKEN_COST: u32 = 7;
/** i32 */
export const IMMEDIATE: u32 = 8;
/** u32: its address. */
export const PC: u32 = 12;
/** u32: the entry of a direct branch's target, 0 until it is first taken. */
export const TARGET: u32 = 16;
/** u16: properties that the instruction set's timing rules read. */
export const TRAITS: u32 = 20;
/** u8: of `COST`, cycles spent waiting for an earlier result; of `TAKEN_COST`, for the target's second word. */
export const HAZARD: u32 = 22;
export const UNALIGNED: u32 = 23;
/**
 * u64 each: times executed, times taken, and cycles beyond the two costs: in the unit, for fetching, for data, for an
 * earlier result, for a jump.
 */
export const EXECUTED: u32 = 24;
export const TAKEN: u32 = 32;
export const BUSY: u32 = 40;
export const FETCH: u32 = 48;
export const DATA: u32 = 56;
export const HAZARDS: u32 = 64;
export const CONTROL: u32 = 72;
/** u8 each, for instruction sets with more to say: a fourth register, a sub-operation, the state of an IT block. */
export const RA: u32 = 80;
export const SUB: u32 = 81;
export const ITSTATE: u32 = 82;
/** u32: for the timing rules. */
export const NOTE: u32 = 84;
/** u64: times that it took no cycle of its own, being issued with the instruction before it. */
export const PAIRED: u32 = 88;

export const UNDECODED: u16 = 0;
export const PAGE_END: u16 = 1;

const HALFWORDS: u32 = 512;

/** The entry of the instruction at `pc`; 0, and the run stops, if nothing is mapped there. */
export function entryAt(pc: u32): u32 {
  const at = CODE_PAGES + ((pc >>> GRANULE_BITS) << 2);
  let page = load<u32>(at);
  if (page == 0) {
    if (!(granuleOf(pc) & READABLE)) {
      refuse(Stop.Fetch, pc, 0);
      return 0;
    }
    page = newPage(pc & ~(GRANULE - 1));
    store<u32>(at, page);
    markCode(pc);
  }
  return page + ((pc & (GRANULE - 1)) >>> 1) * ENTRY;
}

function newPage(address: u32): u32 {
  const page = reserve((HALFWORDS + 2) * ENTRY);
  for (let i: u32 = 0; i < HALFWORDS + 2; i++) store<u32>(page + i * ENTRY, address + i * 2, PC);
  store<u16>(page + HALFWORDS * ENTRY, PAGE_END, OP);
  store<u16>(page + (HALFWORDS + 1) * ENTRY, PAGE_END, OP);
  return page;
}

/** For the host: the first entry of the granule at `address`, or 0 if nothing there was executed. */
export function codePage(address: u32): u32 {
  return load<u32>(CODE_PAGES + ((address >>> GRANULE_BITS) << 2));
}

/** After a store: decode again whatever overlaps the bytes, and what looked ahead at them. */
export function forgetCode(address: u32, bytes: u32): void {
  for (let pc = (address & ~1) - 8; pc != ((address + bytes + 1) & ~1); pc += 2) {
    const page = codePage(pc);
    if (page) store<u16>(page + ((pc & (GRANULE - 1)) >>> 1) * ENTRY, UNDECODED, OP);
  }
}
