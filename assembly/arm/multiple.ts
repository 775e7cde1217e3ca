/** Addresses of loads and stores, and those of several registers. */
import { IMMEDIATE, RS1, SUB } from "../machine/code";
import { readAligned, writeAligned } from "./access";
import { get, ra, rd, rm, rn, set, setRa, setRd, setRn } from "./registers";

/** Base, offset, and a register shifted to the left: what an access has not is 0. */
// @ts-ignore: decorator
@inline
export function addressOf(entry: u32): u32 {
  return rn(entry) + load<u32>(entry, IMMEDIATE) + (rm(entry) << load<u8>(entry, SUB));
}

/** Moves the base; gives where it was or where it is, as bit 0 of `SUB` says. */
// @ts-ignore: decorator
@inline
export function movedAddress(entry: u32): u32 {
  const before = rn(entry);
  const moved = before + load<u32>(entry, IMMEDIATE);
  setRn(entry, moved);
  return load<u8>(entry, SUB) & 1 ? before : moved;
}

function dualAddress(entry: u32): u32 {
  return load<u8>(entry, SUB) == 1 ? rn(entry) : rn(entry) + load<u32>(entry, IMMEDIATE);
}

function moveDual(entry: u32, base: u32): void {
  if (load<u8>(entry, SUB)) setRn(entry, base + load<u32>(entry, IMMEDIATE));
}

export function loadDual(entry: u32): void {
  const base = rn(entry);
  const address = dualAddress(entry);
  const first = readAligned(entry, address);
  const second = readAligned(entry, address + 4);
  moveDual(entry, base);
  setRd(entry, first);
  setRa(entry, second);
}

export function storeDual(entry: u32): void {
  const base = rn(entry);
  const address = dualAddress(entry);
  writeAligned(entry, address, rd(entry));
  writeAligned(entry, address + 4, ra(entry));
  moveDual(entry, base);
}

/** The lowest address of a list of registers. */
function lowestOf(entry: u32): u32 {
  const bytes = 4 * popcnt<u32>(load<u16>(entry, IMMEDIATE));
  return load<u8>(entry, SUB) & 1 ? rn(entry) - bytes : rn(entry);
}

function moveBase(entry: u32, lowest: u32): void {
  const sub = load<u8>(entry, SUB);
  if (sub & 2) setRn(entry, sub & 1 ? lowest : lowest + 4 * popcnt<u32>(load<u16>(entry, IMMEDIATE)));
}

/** Gives what was loaded for PC, if it is in the list. */
export function loadMultiple(entry: u32): u32 {
  const lowest = lowestOf(entry);
  let address = lowest;
  let list = <u32>load<u16>(entry, IMMEDIATE);
  moveBase(entry, lowest);
  while (list & 0x7fff) {
    set(ctz<u32>(list), readAligned(entry, address));
    address += 4;
    list &= list - 1;
  }
  return list ? readAligned(entry, address) : 0;
}

export function storeMultiple(entry: u32): void {
  const lowest = lowestOf(entry);
  let address = lowest;
  for (let list = <u32>load<u16>(entry, IMMEDIATE); list; list &= list - 1) {
    writeAligned(entry, address, get(ctz<u32>(list)));
    address += 4;
  }
  moveBase(entry, lowest);
}
