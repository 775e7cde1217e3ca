import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";
import { pl011, readyBlocks } from "./rp2040.ts";
import { executeInPlace } from "./xip.ts";

const datasheet = "RP2350 datasheet";

/** RP2350 at 150 MHz: a Hazard3 or a Cortex-M33, program in SRAM or in flash behind the XIP cache. */
export const rp2350: Chip = {
  id: "rp2350",
  name: "RP2350",
  cores: ["hazard3-rp2350", "cortex-m33"],
  clockHz: 150e6,
  regions: [executeInPlace(4 << 20), ram("SRAM", 0x20000000, 520 << 10)],
  devices: () => [
    ...readyBlocks({
      clocks: 0x40010000,
      resets: 0x40020000,
      xosc: 0x40048000,
      plls: [0x40050000, 0x40058000],
      plain: { IO_BANK0: 0x40028000, PADS_BANK0: 0x40038000, WATCHDOG: 0x400d8000, TICKS: 0x40108000 },
    }),
    pl011("UART0", 0x40070000),
    pl011("UART1", 0x40078000),
  ],
  source:
    `${datasheet} 2.2, address map; 4.2, SRAM; 4.4, XIP cache (16 kB, 2 ways, 8 bytes a line); 8, clocks; 12.1, UART (PL011); flash ` +
    "read with 12 + 16 cycles a line at half the clock, as the Pico SDK sets its divider",
  missing: "boot ROM, conflicts between SRAM banks, interrupts, the other core",
};
