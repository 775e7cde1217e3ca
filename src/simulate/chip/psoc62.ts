/** PSoC 62 (CY8CPROTO-062-4343W), its Cortex-M4 at 150 MHz: flash behind a cache of its own. */
import type { SlowMemory } from "../path.ts";
import { readCache } from "../path.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";

const memory: SlowMemory = { name: "flash", width: 16, waits: 9, next: 10 };
const cache = readCache({
  name: "flash cache",
  bytes: 8 << 10,
  ways: 4,
  line: 16,
  replacement: "lru",
  fill: "critical",
});

export const psoc62: Chip = {
  id: "psoc62",
  name: "PSoC 62",
  cores: ["cortex-m4"],
  clockHz: 150e6,
  regions: [
    {
      ...ram("flash", 0x10000000, 2 << 20),
      kind: "flash",
      fetch: { memory, cache },
      load: { memory, cache },
    },
    ram("SRAM", 0x08000000, 1 << 20),
  ],
  devices: () => [],
  source:
    "PSoC 6 technical reference manual: memory map, flash controller with a cache of 8 KiB, 4 ways, for each core; its wait states " +
    "are fitted on a hardware row of MLPerf Tiny (H0208)",
  missing: "every peripheral, the Cortex-M0+",
};
