/** The serial flash of RP2040 and RP2350 behind their XIP cache, which fetches and loads share. */
import type { SlowMemory } from "../path.ts";
import { readCache } from "../path.ts";
import type { MemoryRegion } from "../region.ts";
import { ram } from "../region.ts";

/** Clock of the flash: the core's by 2. */
const divider = 2;
/** Address and mode bits on four lines, and four dummy cycles: the continuous read of 0xeb. */
const addressCycles = 8 + 4;
/** Four lines. */
const cyclesAByte = 2;
const line = 8;

const memory: SlowMemory = {
  name: "QSPI flash",
  width: line,
  waits: (addressCycles + line * cyclesAByte) * divider,
  next: line * cyclesAByte * divider,
};
const cache = readCache({
  name: "XIP cache",
  bytes: 16 << 10,
  ways: 2,
  line,
  replacement: "lru",
  fill: "whole",
});

/** Flash of `bytes` at 0x10000000. */
export function executeInPlace(bytes: number): MemoryRegion {
  const path = { memory, cache };
  return { ...ram("flash", 0x10000000, bytes), kind: "flash", fetch: path, load: path };
}
