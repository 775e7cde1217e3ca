/** Arm's MPS2 boards as QEMU emulates them, which is where `pingpool emulate` runs Cortex-M engines. */
import { serialPort } from "../device.ts";
import type { Device } from "../device.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";

/** CMSDK UART: data at 0, whose transmitter is never full. */
const uart = (address: number): Device =>
  serialPort({ name: "CMSDK UART", address, bytes: 0x1000, transmit: 0, status: {} });

const missing = "wait states, every device but the first serial port, interrupts of devices";

/** The FPGA images AN385, AN386 and AN500: Cortex-M3, M4 and M7 with one memory map. */
export const mps2: Chip = {
  id: "mps2",
  name: "MPS2 board (mps2-an385, an386, an500)",
  cores: undefined,
  clockHz: undefined,
  regions: [
    ram("SSRAM 1", 0x00000000, 4 << 20),
    ram("SSRAM 2 and 3", 0x20000000, 4 << 20),
    ram("PSRAM", 0x21000000, 16 << 20),
  ],
  devices: () => [uart(0x40004000)],
  source: "QEMU 7.2, hw/arm/mps2.c",
  missing,
};

/** The FPGA image AN505: two Cortex-M33. */
export const mps2An505: Chip = {
  id: "mps2-an505",
  name: "MPS2 board (mps2-an505)",
  cores: undefined,
  clockHz: undefined,
  regions: [
    ram("SSRAM 1", 0x10000000, 4 << 20),
    ram("SRAM", 0x20000000, 128 << 10),
    ram("SSRAM 2 and 3", 0x38000000, 4 << 20),
    ram("DDR", 0x80000000, 16 << 20),
  ],
  devices: () => [uart(0x40200000)],
  source: "QEMU 7.2, hw/arm/mps2-tz.c",
  missing: `${missing}, the security extension, the second core`,
};
