/** Loads and stores off the fast path: misaligned ones, those of the core's own registers and of devices. */
import { HAS_CODE, READABLE, WRITABLE, granuleOf, hostAddress, loadAnywhere, storeAnywhere } from "../machine/memory";
import { Stop, refuse } from "../machine/stop";
import { loadWaits, storeWaits } from "../machine/waits";
import { HAS_MAIN, HAS_WAITS, TIMED } from "../parameters";
import { misalignedCycles } from "../rules";
import { clock } from "./clock";
import { isSystem, loadSystem, storeSystem, trapsMisaligned } from "./system";

/** Cycles that accesses took beyond the price of their instruction, until `takeExtra`. */
let extraCycles: u32 = 0;

export function takeExtra(): u32 {
  const taken = extraCycles;
  extraCycles = 0;
  return taken;
}

export function slowLoad(address: u32, bytes: u32): u32 {
  if (isRefused(address, bytes)) return 0;
  if (isSystem(address)) return loadSystem(address, bytes);
  const granule = granuleOf(address);
  if (TIMED && HAS_WAITS && granule & READABLE) extraCycles += loadWaits(granule, address, bytes, clock + extraCycles);
  return loadAnywhere(address, bytes);
}

export function slowStore(address: u32, bytes: u32, value: u32): void {
  if (isRefused(address, bytes)) return;
  if (isSystem(address)) return storeSystem(address, bytes, value);
  const granule = granuleOf(address);
  if (TIMED && HAS_WAITS && granule & WRITABLE) extraCycles += storeWaits(granule, address, bytes, clock + extraCycles);
  storeAnywhere(address, bytes, value);
}

/** Whether a misaligned access may not go on. Armv6-M knows none; the others trap only if they were told to. */
function isRefused(address: u32, bytes: u32): bool {
  if ((address & (bytes - 1)) == 0) return false;
  if (!HAS_MAIN || trapsMisaligned()) {
    refuse(Stop.Misaligned, address, bytes);
    return true;
  }
  if (TIMED) extraCycles += misalignedCycles(address, bytes);
  return false;
}

/** A word of LDM, LDRD, LDREX or VLDR, which are misaligned on no core. */
export function readAligned(entry: u32, address: u32): u32 {
  const granule = granuleOf(address);
  if (address & 3) {
    refuse(Stop.Misaligned, address, 4);
    return 0;
  }
  if (!(granule & READABLE)) return slowLoad(address, 4);
  if (TIMED && HAS_WAITS) extraCycles += loadWaits(granule, address, 4, clock + extraCycles);
  return load<u32>(hostAddress(granule, address));
}

export function writeAligned(entry: u32, address: u32, value: u32): void {
  const granule = granuleOf(address);
  if (address & 3) {
    refuse(Stop.Misaligned, address, 4);
    return;
  }
  if ((granule & (WRITABLE | HAS_CODE)) != WRITABLE) return slowStore(address, 4, value);
  if (TIMED && HAS_WAITS) extraCycles += storeWaits(granule, address, 4, clock + extraCycles);
  store<u32>(hostAddress(granule, address), value);
}
