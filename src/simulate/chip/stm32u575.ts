/** STM32U575 at 160 MHz: code and constants in flash through one cache on the C-bus. */
import type { SlowMemory } from "../path.ts";
import { readCache } from "../path.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";
import { registerBlock } from "./registers.ts";
import { clockSwitch, gpio, missing, plain, readyBits, usart } from "./stm32.ts";

/** 128 bits; 4 wait states at 160 MHz in range 1. */
const memory: SlowMemory = { name: "flash", width: 16, waits: 4, next: 5 };
const icache = readCache({
  name: "ICACHE",
  bytes: 8 << 10,
  ways: 2,
  line: 16,
  replacement: "lru",
  fill: "critical",
});

export const stm32u575: Chip = {
  id: "stm32u575",
  name: "STM32U575",
  cores: ["cortex-m33"],
  clockHz: 160e6,
  regions: [
    {
      ...ram("flash", 0x08000000, 2 << 20),
      kind: "flash",
      fetch: { memory, cache: icache },
      load: { memory, cache: icache, hitWaits: 1 },
    },
    ram("SRAM", 0x20000000, 768 << 10),
  ],
  devices: () => [
    registerBlock({
      name: "RCC",
      address: 0x46020c00,
      bytes: 0x400,
      reset: { 0: 0x35 },
      followers: [
        ...readyBits(0x00, { 0: 2, 4: 1, 8: 2, 12: 1, 14: 1, 16: 1, 24: 1, 26: 1, 28: 1 }),
        clockSwitch(0x1c, 2),
        ...readyBits(0xf0, { 0: 1, 26: 1 }),
      ],
    }),
    registerBlock({
      name: "PWR",
      address: 0x46020800,
      bytes: 0x400,
      set: { 0x0c: 0xc000, 0x3c: 0x8000 },
    }),
    plain("flash interface", 0x40022000),
    registerBlock({ name: "ICACHE", address: 0x40030400, bytes: 0x400, set: { 4: 2 } }),
    plain("SYSCFG", 0x46000400),
    gpio(0x42020000, 9),
    usart("USART1", 0x40013800),
    usart("USART3", 0x40004800),
    usart("LPUART1", 0x46002400),
  ],
  source:
    "RM0456 7.3.3 (wait states), 8.4 (ICACHE: 8 KiB, 2 ways, 128-bit lines, critical word first), 2.3 (map), 11.8 (RCC), 10.10 " +
    "(PWR), 66 (USART); that a load that hits waits one cycle behind the fetches of the same bus: fitted on MLPerf Tiny",
  missing: `${missing}, secure aliases`,
};
