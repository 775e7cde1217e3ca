/**
 * SiFive FE310-G000: an E31 with 16 KiB of data RAM, and code and constants in serial flash, executed in place.
 *
 * The flash answers a byte at a time: the bus side of its controller takes reads of one byte, and keeps chip select low so
 * that the next byte needs neither command nor address, as long as it follows on the last one. Instructions come through
 * a cache of 16 KiB; loads do not, so each word of weights is read from the flash again whenever it is used.
 */
import { serialPort } from "../device.ts";
import type { SlowMemory } from "../path.ts";
import { readCache } from "../path.ts";
import { ram } from "../region.ts";
import type { Chip } from "./chip.ts";
import { registerBlock } from "./registers.ts";

const manual = "SiFive FE310-G000 manual v2p1";

/** Bits before the first byte: command 0x03 and a 24-bit address, one line each, as after reset. */
const commandBits = 8 + 24;
/** Chip select rises and falls in between: sckcs, intercs and cssck of one bit each after reset. */
const selectBits = 3;
const byteBits = 8;
/** From the core to the controller and back, beyond the bits: assumed, for the manual does not say. */
const busCycles = 4;

/** Serial flash whose clock is the core's by 2 (divider + 1). */
function serialFlash(divider: number): SlowMemory {
  const bit = 2 * (divider + 1);
  return {
    name: `SPI flash, SCKDIV ${divider}`,
    width: 1,
    waits: (selectBits + commandBits + byteBits) * bit + busCycles,
    next: byteBits * bit + busCycles,
    continues: true,
  };
}

const instructionCache = readCache({
  name: "instruction cache",
  bytes: 16 << 10,
  ways: 2,
  line: 64,
  replacement: "random",
  fill: "whole",
});

function fe310(id: string, name: string, divider: number): Chip {
  const memory = serialFlash(divider);
  return {
    id,
    name,
    cores: ["e31"],
    clockHz: 352e6,
    regions: [
      {
        ...ram("flash", 0x20000000, 16 << 20),
        kind: "flash",
        fetch: { memory, cache: instructionCache },
        load: { memory },
      },
      ram("data RAM", 0x80000000, 16 << 10),
    ],
    devices: () => [
      serialPort({
        name: "UART0",
        address: 0x10013000,
        bytes: 0x1000,
        transmit: 0,
        status: { 4: 0x80000000 },
      }),
      registerBlock({
        name: "clocks",
        address: 0x10008000,
        bytes: 0x1000,
        reset: { 0: 0x40100004, 4: 0x40000000 },
        set: { 8: 0x80000000 },
        followers: [
          { offset: 0, from: 0x40000000, up: 1 },
          { offset: 4, from: 0x40000000, up: 1 },
        ],
      }),
      registerBlock({ name: "GPIO", address: 0x10012000, bytes: 0x1000 }),
      registerBlock({ name: "SPI0", address: 0x10014000, bytes: 0x1000 }),
    ],
    source:
      `${manual}, chapters 3, 4, 7 and 19 (SPI reset values); sifive-blocks, SPIFlash.scala and TLSPIFlash.scala: reads of ` +
      "one byte, merged while they follow on each other; the cache's lines of 64 bytes are the E31 manual's",
    missing:
      "the 8 KiB of instruction RAM, interrupts, what SCKDIV and FFMT are set to at run time (the chip's name says), and the " +
      `${busCycles} cycles a byte takes on the bus are assumed`,
  };
}

/** As after reset, and as the Arduino core leaves it up to 400 MHz. */
export const fe310Reset = fe310("fe310", "FE310-G000, flash at an eighth of the clock (SCKDIV 3)", 3);
/** As freedom-e-sdk sets it before it starts the PLL. */
export const fe310Slow = fe310(
  "fe310-div18",
  "FE310-G000, flash at an eighteenth of the clock (SCKDIV 8)",
  8,
);
