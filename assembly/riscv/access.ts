/** Loads and stores off the fast path: misaligned ones and those of devices. */
import { PC } from "../machine/code";
import { loadAnywhere, storeAnywhere } from "../machine/memory";
import { MISALIGNED_CYCLES, MISALIGNED_TRAPS } from "../parameters";
import { Cause, raise } from "./csr";

/** Where a trap leads to, 0 if the last access went through. */
export let trapAddress: u32 = 0;
/** Cycles that the last access took longer than its price. */
export let extraCycles: u32 = 0;

export function slowLoad(entry: u32, address: u32, bytes: u32): u32 {
  trapAddress = 0;
  extraCycles = 0;
  if (isMisaligned(entry, address, bytes, Cause.MisalignedLoad)) return 0;
  return loadAnywhere(address, bytes);
}

export function slowStore(entry: u32, address: u32, bytes: u32, value: u32): void {
  trapAddress = 0;
  extraCycles = 0;
  if (isMisaligned(entry, address, bytes, Cause.MisalignedStore)) return;
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
