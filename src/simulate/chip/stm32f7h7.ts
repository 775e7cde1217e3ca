/** STM32 with a Cortex-M7, caches enabled: F746 at 216 MHz, H743 at 400 MHz and H7A3 at 280 MHz. */
import type { Device } from "../device.ts";
import type { SlowMemory } from "../path.ts";
import type { MemoryRegion } from "../region.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";
import type { Caches } from "./cortex-m7-caches.ts";
import { cortexM7Caches, lineMemory } from "./cortex-m7-caches.ts";
import { registerBlock } from "./registers.ts";
import { clockSwitch, gpio, missing, plain, readyBits, usart } from "./stm32.ts";

const caches4 = cortexM7Caches(4 << 10);
const caches16 = cortexM7Caches(16 << 10);

/** Memory on the AXI bus, through the caches. Stores never wait: they stay in the data cache. */
function cached(region: MemoryRegion, memory: SlowMemory, { fetch, load }: Caches): MemoryRegion {
  return {
    ...region,
    fetch: fetch(memory),
    load: load(memory),
    ...(region.kind === "ram" && { store: load(memory) }),
  };
}

const flash = (bytes: number): MemoryRegion => ({ ...ram("flash", 0x08000000, bytes), kind: "flash" });
const serial = (): Device[] => [
  usart("USART1", 0x40011000),
  usart("USART2", 0x40004400),
  usart("USART3", 0x40004800),
  usart("USART6", 0x40011400),
];

/** Fitted: what a line from flash and from SRAM takes beyond a hit, on the rows of MLPerf Tiny of F746 and H7A3. */
const fitted =
  "lines arrive 5 cycles after a miss from flash, 2 from SRAM: fitted on the hardware rows of MLPerf Tiny";

export const stm32f746: Chip = {
  id: "stm32f746",
  name: "STM32F746",
  cores: ["cortex-m7"],
  clockHz: 216e6,
  regions: [
    cached(flash(1 << 20), lineMemory("flash", 5), caches4),
    ram("ITCM RAM", 0x00000000, 16 << 10),
    ram("DTCM RAM", 0x20000000, 64 << 10),
    cached(ram("SRAM", 0x20010000, 256 << 10), lineMemory("SRAM", 2), caches4),
  ],
  devices: () => [
    registerBlock({
      name: "RCC",
      address: 0x40023800,
      bytes: 0x400,
      reset: { 0: 0x83 },
      followers: [
        ...readyBits(0x00, { 0: 1, 16: 1, 24: 1, 26: 1, 28: 1 }),
        clockSwitch(0x08, 2),
        ...readyBits(0x70, { 0: 1 }),
        ...readyBits(0x74, { 0: 1 }),
      ],
    }),
    registerBlock({ name: "PWR", address: 0x40007000, bytes: 0x400, set: { 4: 0x34000 } }),
    plain("flash interface", 0x40023c00),
    plain("SYSCFG", 0x40013800),
    gpio(0x40020000, 11),
    ...serial(),
  ],
  source: `RM0385 2.2 (map), 3.3 (flash, 7 wait states at 216 MHz), 5.3 (RCC), 4.4 (PWR), 31 (USART); caches 4 KiB each; ${fitted}`,
  missing: `${missing}, flash through ITCM and its accelerator`,
};

const h7 = (): Device[] => [
  registerBlock({
    name: "RCC",
    address: 0x58024400,
    bytes: 0x400,
    reset: { 0: 0x83 },
    set: { 0: 0x24 },
    followers: [
      ...readyBits(0x00, { 0: 2, 7: 1, 12: 1, 16: 1, 24: 1, 26: 1, 28: 1 }),
      clockSwitch(0x10, 3),
      ...readyBits(0x70, { 0: 1 }),
      ...readyBits(0x74, { 0: 1 }),
    ],
  }),
  registerBlock({ name: "PWR", address: 0x58024800, bytes: 0x400, set: { 4: 0x2000, 0x18: 0x2000 } }),
  plain("flash interface", 0x52002000, 0x1000),
  plain("SYSCFG", 0x58000400),
  gpio(0x58020000, 11),
  ...serial(),
];

export const stm32h743: Chip = {
  id: "stm32h743",
  name: "STM32H743",
  cores: ["cortex-m7"],
  clockHz: 400e6,
  regions: [
    cached(flash(2 << 20), lineMemory("flash", 10), caches16),
    ram("ITCM RAM", 0x00000000, 64 << 10),
    ram("DTCM RAM", 0x20000000, 128 << 10),
    cached(ram("AXI SRAM", 0x24000000, 512 << 10), lineMemory("AXI SRAM", 4), caches16),
  ],
  devices: h7,
  source:
    "RM0433 2.3 (map), 4.3 (flash, 256-bit words, 2 wait states at an AXI clock of 200 MHz), 8.7 (RCC), 6.8 (PWR), 48 (USART); " +
    "caches 16 KiB each; lines take twice the cycles of H7A3's, the bus being at half the core's clock: assumed",
  missing: `${missing}, SRAM of the other domains, double precision`,
};

export const stm32h7a3: Chip = {
  id: "stm32h7a3",
  name: "STM32H7A3",
  cores: ["cortex-m7"],
  clockHz: 280e6,
  regions: [
    cached(flash(2 << 20), lineMemory("flash", 5), caches16),
    ram("ITCM RAM", 0x00000000, 64 << 10),
    ram("DTCM RAM", 0x20000000, 128 << 10),
    cached(ram("AXI SRAM", 0x24000000, 1 << 20), lineMemory("AXI SRAM", 2), caches16),
  ],
  devices: h7,
  source: `RM0455 2.3 (map), 4.3 (flash), 8.7 (RCC), 6.8 (PWR), 53 (USART); caches 16 KiB each; ${fitted}`,
  missing: `${missing}, SRAM of the other domains, double precision`,
};
