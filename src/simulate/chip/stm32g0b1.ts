/** STM32G0B1 at 64 MHz: flash with two lines of instruction cache. */
import type { SlowMemory } from "../path.ts";
import { lineBuffers } from "../path.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";
import { registerBlock } from "./registers.ts";
import { clockSwitch, gpio, missing, plain, readyBits, usart } from "./stm32.ts";

/** 64 bits; 2 wait states above 48 MHz. */
const memory: SlowMemory = { name: "flash", width: 8, waits: 2, next: 3 };

export const stm32g0b1: Chip = {
  id: "stm32g0b1",
  name: "STM32G0B1",
  cores: ["cortex-m0plus"],
  clockHz: 64e6,
  regions: [
    {
      ...ram("flash", 0x08000000, 512 << 10),
      kind: "flash",
      fetch: { memory, cache: lineBuffers("instruction cache", 2, 8) },
      load: { memory },
    },
    ram("SRAM", 0x20000000, 144 << 10),
  ],
  devices: () => [
    registerBlock({
      name: "RCC",
      address: 0x40021000,
      bytes: 0x400,
      reset: { 0: 0x500 },
      followers: [
        ...readyBits(0x00, { 8: 2, 16: 1, 22: 1, 24: 1 }),
        clockSwitch(0x08, 3),
        ...readyBits(0x5c, { 0: 1 }),
        ...readyBits(0x60, { 0: 1 }),
      ],
    }),
    plain("PWR", 0x40007000),
    plain("flash interface", 0x40022000),
    plain("SYSCFG", 0x40010000),
    gpio(0x50000000, 6),
    ...[0x40013800, 0x40004400, 0x40004800, 0x40004c00].map((address, i) => usart(`USART${i + 1}`, address)),
    usart("LPUART1", 0x40008000),
  ],
  source:
    "RM0444 3.3.4 to 3.3.6 (wait states, 16-byte instruction cache), 2.2 (map), 5.4 (RCC), 33 (USART); the prefetcher is left " +
    "out, as the hardware rows of MLPerf Tiny are nearer without it: fitted",
  missing,
};
