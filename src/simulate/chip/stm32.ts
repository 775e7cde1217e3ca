/** What STM32 chips have in common: serial ports, and the clock and power registers that their start-up code polls. */
import type { Device } from "../device.ts";
import { serialPort } from "../device.ts";
import type { Follower } from "./registers.ts";
import { registerBlock } from "./registers.ts";

/** What no STM32 here has of its peripherals. */
export const missing =
  "everything but memory, serial ports that print, and clock, power, flash and GPIO registers that keep what is written";

/** Transmitter empty and done, transmitter and receiver enabled: TXE, TC, TEACK, REACK. */
const ready = 0x6000c0;

/** USART as in every family since STM32F3: ISR at 0x1c, TDR at 0x28. */
export function usart(name: string, address: number): Device {
  return serialPort({ name, address, bytes: 0x400, transmit: 0x28, status: { 0x1c: ready } });
}

/** Registers at `address` that keep what is written. */
export function plain(name: string, address: number, bytes = 0x400): Device {
  return registerBlock({ name, address, bytes });
}

/** `count` GPIO ports from `address` on, a KiB each. */
export function gpio(address: number, count: number): Device {
  return plain("GPIO", address, count * 0x400);
}

const follow = (offset: number, bit: number, up: number): Follower => ({ offset, from: 2 ** bit, up });

/** A register's bits that a ready bit follows: each enable bit, and how many places above it its ready bit is. */
export function readyBits(offset: number, bits: Readonly<Record<number, number>>): Follower[] {
  return Object.entries(bits).map(([bit, up]) => follow(offset, Number(bit), up));
}

/** SW of the clock configuration, which its status SWS follows: `width` bits, `up` places above. */
export function clockSwitch(offset: number, width: 2 | 3): Follower {
  return { offset, from: 2 ** width - 1, up: width };
}
