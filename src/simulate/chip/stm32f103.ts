/** STM32F103 at 72 MHz: flash with a prefetch buffer, and no cache. */
import { serialPort } from "../device.ts";
import type { SlowMemory } from "../path.ts";
import { lineBuffers } from "../path.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";
import { registerBlock } from "./registers.ts";
import { clockSwitch, missing, plain, readyBits } from "./stm32.ts";

/** 64 bits; 2 wait states above 48 MHz. */
const memory: SlowMemory = { name: "flash", width: 8, waits: 2, next: 3 };

export const stm32f103: Chip = {
  id: "stm32f103",
  name: "STM32F103",
  cores: ["cortex-m3"],
  clockHz: 72e6,
  regions: [
    {
      ...ram("flash", 0x08000000, 128 << 10),
      kind: "flash",
      fetch: { memory, cache: lineBuffers("prefetch buffer", 2, 8), prefetch: true },
      load: { memory },
    },
    ram("SRAM", 0x20000000, 20 << 10),
  ],
  devices: () => [
    registerBlock({
      name: "RCC",
      address: 0x40021000,
      bytes: 0x400,
      reset: { 0: 0x83 },
      followers: [
        ...readyBits(0x00, { 0: 1, 16: 1, 24: 1 }),
        clockSwitch(0x04, 2),
        ...readyBits(0x20, { 0: 1 }),
        ...readyBits(0x24, { 0: 1 }),
      ],
    }),
    plain("PWR", 0x40007000),
    plain("flash interface", 0x40022000),
    plain("AFIO and EXTI", 0x40010000, 0x800),
    plain("GPIO", 0x40010800, 7 * 0x400),
    ...[0x40013800, 0x40004400, 0x40004800].map((address, i) =>
      serialPort({ name: `USART${i + 1}`, address, bytes: 0x400, transmit: 4, status: { 0: 0xc0 } }),
    ),
  ],
  source:
    "PM0075 3.1 (2 wait states above 48 MHz, prefetch buffer of two lines of 64 bits), RM0008 3.3 (map), 7.3 (RCC), 27 (USART)",
  missing,
};
