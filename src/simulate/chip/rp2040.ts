/** RP2040 at 125 MHz: code and constants in serial flash, through one cache. */
import type { Device } from "../device.ts";
import { serialPort } from "../device.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";
import { registerBlock } from "./registers.ts";
import { executeInPlace } from "./xip.ts";

/** A block of registers with its aliases that flip, set and clear bits. */
function block(name: string, address: number, set: Readonly<Record<number, number>> = {}): Device {
  return registerBlock({ name, address, bytes: 0x4000, set, aliases: true });
}

/** Every oscillator is stable, every clock has switched, every block is out of reset. */
export function readyBlocks(at: {
  readonly clocks: number;
  readonly resets: number;
  readonly xosc: number;
  readonly plls: readonly [number, number];
  readonly plain: Readonly<Record<string, number>>;
}): Device[] {
  return [
    block("CLOCKS", at.clocks, { 0x38: 0xffffffff, 0x44: 0xffffffff }),
    block("RESETS", at.resets, { 8: 0x1fffffff }),
    block("XOSC", at.xosc, { 4: 0x80000000 }),
    ...at.plls.map((address, i) => block(i === 0 ? "PLL_SYS" : "PLL_USB", address, { 0: 0x80000000 })),
    ...Object.entries(at.plain).map(([name, address]) => block(name, address)),
  ];
}

/** PL011: transmit FIFO empty, receive FIFO empty. */
export function pl011(name: string, address: number): Device {
  return serialPort({ name, address, bytes: 0x4000, transmit: 0, status: { 0x18: 0x90 } });
}

export const rp2040: Chip = {
  id: "rp2040",
  name: "RP2040",
  cores: ["cortex-m0plus"],
  clockHz: 125e6,
  regions: [executeInPlace(2 << 20), ram("SRAM", 0x20000000, 264 << 10)],
  devices: () => [
    ...readyBlocks({
      clocks: 0x40008000,
      resets: 0x4000c000,
      xosc: 0x40024000,
      plls: [0x40028000, 0x4002c000],
      plain: { IO_BANK0: 0x40014000, PADS_BANK0: 0x4001c000, WATCHDOG: 0x40058000, PSM: 0x40010000 },
    }),
    pl011("UART0", 0x40034000),
    pl011("UART1", 0x40038000),
  ],
  source:
    "RP2040 datasheet 2.6.3 (XIP cache: 16 kB, 2 ways, 8 bytes a line, one cycle a hit), 2.2 (map), 2.14 to 2.18 (ready bits), 4.2 " +
    "(UART); PICO_FLASH_SPI_CLKDIV 2 of the Pico board",
  missing:
    "boot ROM (a program begins at its vector table), the other core, conflicts between SRAM banks, PIO, timers, USB, GPIO",
};
