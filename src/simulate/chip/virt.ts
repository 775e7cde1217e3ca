import { serialPort } from "../device.ts";
import type { Device } from "../device.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";

/** SiFive's test finisher: the low half says how, the high half with which code. */
const finisher: Device = {
  name: "test finisher",
  address: 0x100000,
  bytes: 4,
  load: () => 0,
  store: (_offset, _bytes, value, { exit }) => {
    exit((value & 0xffff) === 0x5555 ? 0 : value >>> 16);
    return true;
  },
};

/** QEMU's board `virt`, as far as bare-metal programs need it. */
export const virt: Chip = {
  id: "virt",
  name: "QEMU's virt board",
  cores: undefined,
  clockHz: undefined,
  regions: [ram("RAM", 0x80000000, 16 << 20)],
  devices: () => [
    finisher,
    // Line status: transmitter empty.
    serialPort({ name: "UART 16550", address: 0x10000000, bytes: 8, transmit: 0, status: { 5: 0x60 } }),
  ],
  source: "QEMU 7.2, docs/system/riscv/virt.rst and hw/riscv/virt.c",
  missing: "interrupts, everything else on the board",
};
