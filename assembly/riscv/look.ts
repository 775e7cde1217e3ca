/** What prices need to know of an instruction's neighbours. */
import { ENTRY, IMMEDIATE, LENGTH, OP, PC } from "../machine/code";
import { READABLE, granuleOf, hostAddress, reserve } from "../machine/memory";
import { HAS_C } from "../parameters";
import { shape } from "./decode";

const neighbour: u32 = reserve(ENTRY);

/** The shape of the instruction after `entry` in memory; it holds until the next call. */
export function nextOf(entry: u32): u32 {
  store<u32>(neighbour, load<u32>(entry, PC) + load<u8>(entry, LENGTH), PC);
  shape(neighbour);
  return neighbour;
}

/** A 32-bit instruction that lies in two words. */
// @ts-ignore: decorator
@inline
export function isUnaligned(entry: u32): bool {
  return (load<u32>(entry, PC) & 2) != 0 && load<u8>(entry, LENGTH) == 4;
}

/** Whether the direct target of `entry` is one. */
export function targetIsUnaligned(entry: u32): bool {
  return isUnalignedAt(load<u32>(entry, IMMEDIATE));
}

export function isUnalignedAt(address: u32): bool {
  const granule = granuleOf(address);
  return HAS_C && (address & 2) != 0 && (granule & READABLE) != 0 && (load<u16>(hostAddress(granule, address)) & 3) == 3;
}
