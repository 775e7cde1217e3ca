import { testBench } from "../device.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";

/** What open cores are simulated in: memory that answers in the next cycle, and a console. */
export const testbench: Chip = {
  id: "testbench",
  name: "test bench with 8 MiB of RAM",
  cores: undefined,
  clockHz: undefined,
  regions: [ram("RAM", 0x40000000, 8 << 20)],
  devices: (core) => [testBench(core.coreType)],
  source: "own: console byte at 0xf0000000, exit code at 0xf0000004, core type at 0xf0000010",
  missing: "wait states, interrupts",
};
