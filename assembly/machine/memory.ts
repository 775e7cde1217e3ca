/**
 * The simulated address space: granules of 1 KiB, each mapped to bytes of this module's own memory or to nothing.
 *
 * One table entry a granule: the address of its bytes here, with flags in the low bits. An address that is mapped to
 * nothing belongs to a device: the host answers, or refuses it and the run stops.
 */
import { FREE, GRANULE, GRANULES, GRANULE_BITS } from "./layout";
import { deviceLoad, deviceStore } from "./host";
import { Stop, refuse, stop } from "./stop";
import { forgetCode } from "./code";

export const READABLE: u32 = 1;
export const WRITABLE: u32 = 2;
/** Some of its instructions are decoded: a store must make them be decoded again. */
export const HAS_CODE: u32 = 4;
/** Which region, for how long its accesses take. */
export const REGION_SHIFT: u32 = 4;
export const REGIONS: u32 = 16;

let free: u32 = FREE;

/** Takes `bytes` of this module's memory, zeroed, at a multiple of 1 KiB; memory grows as needed. */
export function reserve(bytes: u32): u32 {
  const at = free;
  free = (free + bytes + GRANULE - 1) & ~(GRANULE - 1);
  const pages = <i32>((free + 0xffff) >>> 16) - memory.size();
  if (pages > 0 && memory.grow(pages + 256) < 0 && memory.grow(pages) < 0) unreachable();
  return at;
}

/** Maps `bytes` (whole granules) at `address` and gives where they lie in this module's memory. */
export function mapRegion(region: u32, address: u32, bytes: u32, writable: bool): u32 {
  const host = reserve(bytes);
  const flags = READABLE | (writable ? WRITABLE : 0) | (region << REGION_SHIFT);
  for (let at: u32 = 0; at < bytes; at += GRANULE) {
    store<u32>(GRANULES + (((address + at) >>> GRANULE_BITS) << 2), (host + at) | flags);
  }
  return host;
}

/** The table's entry of the granule of `address`; 0 if nothing is mapped there. */
// @ts-ignore: decorator
@inline
export function granuleOf(address: u32): u32 {
  return load<u32>(GRANULES + ((address >>> GRANULE_BITS) << 2));
}

export function markCode(address: u32): void {
  const at = GRANULES + ((address >>> GRANULE_BITS) << 2);
  store<u32>(at, load<u32>(at) | HAS_CODE);
}

/** Where the mapped byte at `address` lies in this module's memory. */
// @ts-ignore: decorator
@inline
export function hostAddress(granule: u32, address: u32): u32 {
  return (granule & ~(GRANULE - 1)) | (address & (GRANULE - 1));
}

/**
 * Loads 1, 2 or 4 bytes, zero-extended, at any address: what is mapped may not be left half-way. A device is asked;
 * a load that nothing answers stops the run.
 */
export function loadAnywhere(address: u32, bytes: u32): u32 {
  const granule = granuleOf(address);
  if (!(granule & READABLE)) return deviceLoad(address, bytes);
  if (!(granuleOf(address + bytes - 1) & READABLE)) {
    refuse(Stop.Load, address, bytes);
    return 0;
  }
  const host = hostAddress(granule, address);
  if (bytes == 1) return load<u8>(host);
  return bytes == 2 ? load<u16>(host) : load<u32>(host);
}

/** Stores the low 1, 2 or 4 bytes of `value` at any address, as `loadAnywhere` loads them. */
export function storeAnywhere(address: u32, bytes: u32, value: u32): void {
  const granule = granuleOf(address);
  if (!(granule & READABLE)) {
    deviceStore(address, bytes, value);
    return;
  }
  if (!(granule & WRITABLE) || !(granuleOf(address + bytes - 1) & WRITABLE)) {
    refuse(Stop.Store, address, bytes);
    return;
  }
  const host = hostAddress(granule, address);
  if (bytes == 1) store<u8>(host, <u8>value);
  else if (bytes == 2) store<u16>(host, <u16>value);
  else store<u32>(host, value);
  if ((granule | granuleOf(address + bytes - 1)) & HAS_CODE) forgetCode(address, bytes);
}

/** For the host: 1 to 4 bytes as a program would load them; nothing where nothing is mapped. */
export function peek(address: u32, bytes: u32): u32 {
  return granuleOf(address) & READABLE && stop == Stop.None ? loadAnywhere(address, bytes) : 0;
}
