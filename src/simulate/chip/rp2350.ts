import { serialPort } from "../device.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";

const datasheet = "RP2350 datasheet";

/** RP2350 with a program in SRAM: a Hazard3 at 150 MHz. */
export const rp2350: Chip = {
  id: "rp2350",
  name: "RP2350, program in SRAM",
  cores: ["hazard3-rp2350"],
  clockHz: 150e6,
  regions: [ram("SRAM", 0x20000000, 520 << 10)],
  devices: () =>
    [0x40070000, 0x40078000].map((address, i) =>
      serialPort({ name: `UART${i}`, address, bytes: 0x1000, transmit: 0, status: {} }),
    ),
  source: `${datasheet} 2.2, address map; 4.2, SRAM; 12.1, UART (PL011)`,
  missing: "flash and its cache, conflicts between SRAM banks, clocks, interrupts, the other core",
};
