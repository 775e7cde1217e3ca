/** STM32L4R5 at 120 MHz: flash behind small caches for instructions and data, and a prefetcher. */
import type { SlowMemory } from "../path.ts";
import { lineBuffers } from "../path.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";
import { registerBlock } from "./registers.ts";
import { clockSwitch, gpio, missing, plain, readyBits, usart } from "./stm32.ts";

/** 64 bits in dual-bank mode; 5 wait states at 120 MHz, range 1 boost. */
const memory: SlowMemory = { name: "flash", width: 8, waits: 5, next: 5 };
/** A wait less for data: behind it the core's rules charge a load that is used at once a cycle, which the wait hides. */
const constants: SlowMemory = { ...memory, name: "flash, data side", waits: 4, next: 4 };
const instructions = { ...lineBuffers("instruction cache", 4, 8), bytes: 1024 };
const data = lineBuffers("data cache", 8, 8);

export const stm32l4r5: Chip = {
  id: "stm32l4r5",
  name: "STM32L4R5",
  cores: ["cortex-m4"],
  clockHz: 120e6,
  regions: [
    {
      ...ram("flash", 0x08000000, 2 << 20),
      kind: "flash",
      fetch: { memory, cache: instructions, prefetch: true },
      load: { memory: constants, cache: data },
    },
    ram("SRAM", 0x20000000, 640 << 10),
  ],
  devices: () => [
    registerBlock({
      name: "RCC",
      address: 0x40021000,
      bytes: 0x400,
      reset: { 0: 0x61 },
      followers: [
        ...readyBits(0x00, { 0: 1, 8: 2, 16: 1, 24: 1, 26: 1, 28: 1 }),
        clockSwitch(0x08, 2),
        ...readyBits(0x90, { 0: 1 }),
        ...readyBits(0x94, { 0: 1 }),
        ...readyBits(0x98, { 0: 1 }),
      ],
    }),
    plain("PWR", 0x40007000),
    plain("flash interface", 0x40022000),
    plain("SYSCFG", 0x40010000),
    gpio(0x48000000, 9),
    ...[0x40013800, 0x40004400, 0x40004800].map((address, i) => usart(`USART${i + 1}`, address)),
    usart("LPUART1", 0x40008000),
  ],
  source:
    "RM0432 3.3.3 to 3.3.4 (wait states, prefetch, 1 KiB instruction cache), 2.2 (map), 6.4 (RCC), 50 (USART); the data cache, " +
    "8 lines of 4 x 64 bits there, behaves as 8 x 64 bits of 4 wait states on the hardware rows of MLPerf Tiny: fitted",
  missing,
};
