/** Registers that start-up code sets and polls, as far as that: they keep what is written, and say that all is ready. */
import type { Device } from "../device.ts";

/** Bits of one register that follow others of its own: `HSERDY` follows `HSEON`. */
export interface Follower {
  readonly offset: number;
  /** Bits that are copied, and how many places up. */
  readonly from: number;
  readonly up: number;
}

export interface RegisterBlock {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
  /** What registers hold after reset, by offset; others 0. */
  readonly reset?: Readonly<Record<number, number>>;
  /** Bits that always read as set, by offset. */
  readonly set?: Readonly<Record<number, number>>;
  readonly followers?: readonly Follower[];
  /** The block is there four times, a quarter of `bytes` each: as it is, and to flip, set and clear bits (RP2040). */
  readonly aliases?: boolean;
}

/** A block of 32-bit registers. What they would do is not done: a chip's `missing` says so. */
export function registerBlock(block: RegisterBlock): Device {
  const { name, address, bytes, reset = {}, set = {}, followers = [], aliases = false } = block;
  const span = aliases ? bytes / 4 : bytes;
  const words = new Uint32Array(span / 4);
  for (const [offset, value] of Object.entries(reset)) words[Number(offset) / 4] = value;
  const word = (offset: number): number => {
    const own = words[offset >> 2]! | (set[offset] ?? 0);
    return followers
      .filter((one) => one.offset === offset)
      .reduce((value, { from, up }) => (value & ~(from << up)) | ((own & from) << up), own);
  };
  return {
    name,
    address,
    bytes,
    load: (place, size) => {
      const offset = place % span;
      const bits = word(offset & ~3) >>> (8 * (offset & 3));
      return size === 4 ? bits >>> 0 : bits & ((1 << (8 * size)) - 1);
    },
    store: (place, size, value) => {
      const offset = place % span;
      const shift = 8 * (offset & 3);
      const mask = size === 4 ? 0xffffffff : ((1 << (8 * size)) - 1) << shift;
      const old = words[offset >> 2]!;
      words[offset >> 2] = change(Math.floor(place / span), old, (value << shift) & mask, mask);
      return true;
    },
  };
}

/** What a store through one of the four aliases makes of a register. */
function change(alias: number, old: number, value: number, mask: number): number {
  switch (alias) {
    case 1:
      return old ^ value;
    case 2:
      return old | value;
    case 3:
      return old & ~value;
    default:
      return (old & ~mask) | value;
  }
}
