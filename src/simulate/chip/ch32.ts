/** CH32V003 and CH32V002 of WCH at 48 MHz: flash that is read without a pause, in steps of its wait states. */
import { serialPort } from "../device.ts";
import type { SlowMemory } from "../path.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";
import { registerBlock } from "./registers.ts";
import { clockSwitch, plain, readyBits } from "./stm32.ts";

function ch32(id: string, name: string, core: string, waits: number, ramBytes: number, source: string): Chip {
  const memory: SlowMemory = { name: "flash", width: 4, waits, next: waits + 1, keepsStep: true };
  return {
    id,
    name,
    cores: [core],
    clockHz: 48e6,
    regions: [
      {
        ...ram("flash", 0x08000000, 16 << 10),
        kind: "flash",
        fetch: { memory },
        load: { memory },
      },
      ram("SRAM", 0x20000000, ramBytes),
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
          ...readyBits(0x24, { 0: 1 }),
        ],
      }),
      plain("flash interface", 0x40022000),
      plain("AFIO and EXTI", 0x40010000, 0x800),
      plain("GPIO", 0x40010800, 0xc00),
      serialPort({ name: "USART1", address: 0x40013800, bytes: 0x400, transmit: 4, status: { 0: 0xc0 } }),
    ],
    source,
    missing:
      "interrupts (PFIC), SysTick, timers, every peripheral but USART1, clock and GPIO registers; flash at 0",
  };
}

export const ch32v003 = ch32(
  "ch32v003",
  "CH32V003",
  "qingke-v2a",
  1,
  2 << 10,
  "CH32V003 reference manual: memory map, RCC, USART, 1 wait state above 24 MHz; cpldcpu/DRAM_exploration 49758c4, measured: " +
    "flash accesses in steps of two cycles that a jump does not cut short",
);

export const ch32v002 = ch32(
  "ch32v002",
  "CH32V002",
  "qingke-v2c",
  2,
  4 << 10,
  "CH32V00X reference manual: memory map; BitNetMCU def8bc4, docs: 2 wait states at 48 MHz; steps of three cycles as CH32V003's " +
    "of two: assumed",
);
