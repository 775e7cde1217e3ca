/** Loads and stores off the fast path: misaligned ones and those of devices. */
import { PC } from "../machine/code";
import { READABLE, WRITABLE, granuleOf, loadAnywhere, storeAnywhere } from "../machine/memory";
import { loadWaits, storeWaits } from "../machine/waits";
import { HAS_WAITS, MISALIGNED_CYCLES, MISALIGNED_TRAPS, TIMED } from "../parameters";
import { Cause, raise } from "./csr";

/** Where a trap leads to, 0 if the last access went through. */
export let trapAddress: u32 = 0;
/** Cycles that the last access took longer than its price. */
export let extraCycles: u32 = 0;

/** Loads 1, 2 or 4 bytes, zero-extended, by an access that begins at `now`. */
export function slowLoad(entry: u32, address: u32, bytes: u32, now: u64): u32 {
  trapAddress = 0;
  extraCycles = 0;
  if (isMisaligned(entry, address, bytes, Cause.MisalignedLoad)) return 0;
  const granule = granuleOf(address);
  if (TIMED && HAS_WAITS && granule & READABLE) extraCycles += loadWaits(granule, address, bytes, now);
  return loadAnywhere(address, bytes);
}

export function slowStore(entry: u32, address: u32, bytes: u32, value: u32, now: u64): void {
  trapAddress = 0;
  extraCycles = 0;
  if (isMisaligned(entry, address, bytes, Cause.MisalignedStore)) return;
  const granule = granuleOf(address);
  if (TIMED && HAS_WAITS && granule & WRITABLE) extraCycles += storeWaits(granule, address, bytes, now);
  storeAnywhere(address, bytes, value);
}

/** Whether the access may not go on; one that may is two accesses if it crosses a word. */
function isMisaligned(entry: u32, address: u32, bytes: u32, cause: Cause): bool {
  if ((address & (bytes - 1)) == 0) return false;
  if (!MISALIGNED_TRAPS) {
    if ((address & 3) + bytes > 4) extraCycles = MISALIGNED_CYCLES;
    return false;
  }
  trapAddress = raise(cause, load<u32>(entry, PC), address);
  return true;
}
