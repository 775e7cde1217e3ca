/** nRF52840 at 64 MHz and the application core of nRF5340 at 128 MHz. */
import { serialPort } from "../device.ts";
import type { Device } from "../device.ts";
import type { Cache, SlowMemory } from "../path.ts";
import { readCache } from "../path.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";
import { registerBlock } from "./registers.ts";

/** The UART without DMA: TXD at 0x51c, and the event that says that a byte has left. */
function uart(name: string, address: number): Device {
  return serialPort({ name, address, bytes: 0x1000, transmit: 0x51c, status: { 0x11c: 1 } });
}

/** Both oscillators have started, from the crystals. */
function clocks(address: number): Device {
  const set = { 0x100: 1, 0x104: 1, 0x40c: 0x10001, 0x418: 0x10001 };
  return registerBlock({ name: "CLOCK and POWER", address, bytes: 0x1000, set });
}

/** NVMC: always ready. */
function flashController(address: number): Device {
  return registerBlock({ name: "NVMC", address, bytes: 0x1000, set: { 0x400: 1 } });
}

const missing = "everything but memory, clocks that are always ready, and a UART without DMA";
const cache = (name: string, bytes: number): Cache =>
  readCache({ name, bytes, ways: 2, line: 16, replacement: "lru", fill: "critical" });
const assumed =
  "wait states of a miss, and the cache's ways and lines, are not in the specification: assumed";

const nrf52Flash: SlowMemory = { name: "flash", width: 16, waits: 2, next: 3 };
const nrf53Flash: SlowMemory = { name: "flash", width: 16, waits: 5, next: 6 };
const nrf53Cache = cache("CACHE", 8 << 10);

export const nrf52840: Chip = {
  id: "nrf52840",
  name: "nRF52840, instruction cache enabled",
  cores: ["cortex-m4"],
  clockHz: 64e6,
  regions: [
    {
      ...ram("flash", 0x00000000, 1 << 20),
      kind: "flash",
      fetch: { memory: nrf52Flash, cache: cache("instruction cache", 2 << 10) },
      load: { memory: nrf52Flash },
    },
    ram("RAM", 0x20000000, 256 << 10),
  ],
  devices: () => [
    clocks(0x40000000),
    flashController(0x4001e000),
    registerBlock({ name: "GPIO", address: 0x50000000, bytes: 0x1000 }),
    uart("UART0", 0x40002000),
  ],
  source: `nRF52840 product specification 1.7: memory, CLOCK, UART, NVMC with its instruction cache; ${assumed}`,
  missing,
};

export const nrf5340: Chip = {
  id: "nrf5340",
  name: "nRF5340, application core, cache enabled",
  cores: ["cortex-m33"],
  clockHz: 128e6,
  regions: [
    {
      ...ram("flash", 0x00000000, 1 << 20),
      kind: "flash",
      fetch: { memory: nrf53Flash, cache: nrf53Cache },
      load: { memory: nrf53Flash, cache: nrf53Cache },
    },
    ram("RAM", 0x20000000, 512 << 10),
  ],
  devices: () => [
    ...[0x40005000, 0x50005000].map(clocks),
    ...[0x40039000, 0x50039000].map(flashController),
    ...[0x40842500 & ~0xfff, 0x50842500 & ~0xfff].map((address) =>
      registerBlock({ name: "GPIO", address, bytes: 0x1000 }),
    ),
  ],
  source: `nRF5340 product specification 1.3: memory, CLOCK, CACHE (8 KiB, 2 ways); ${assumed}`,
  missing: `${missing}; its UARTs have only DMA and are refused, the network core`,
};
