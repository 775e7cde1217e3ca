import { CompileError } from "../error.ts";
import { hex } from "./hex.ts";
import type { Path } from "./path.ts";
import { checkPath } from "./path.ts";

/** A run of simulated memory. Waits are cycles beyond what the core's own rules charge for an access. */
export interface MemoryRegion {
  readonly name: string;
  readonly kind: "ram" | "flash" | "rom";
  /** A multiple of 1 KiB, as is `bytes`. */
  readonly address: number;
  readonly bytes: number;
  readonly fetchWaits: number;
  readonly loadWaits: number;
  readonly storeWaits: number;
  /** Where accesses do not take a constant time: what says it instead. */
  readonly fetch?: Path;
  readonly load?: Path;
  readonly store?: Path;
}

/** Whether some access to some region takes longer than the core's own rules say. */
export function haveWaits(regions: readonly MemoryRegion[]): boolean {
  return regions.some(
    ({ fetchWaits, loadWaits, storeWaits, fetch, load, store }) =>
      fetchWaits + loadWaits + storeWaits > 0 ||
      fetch !== undefined ||
      load !== undefined ||
      store !== undefined,
  );
}

/** A whole number of these makes a region. */
export const granuleBytes = 1024;
/** The simulator's table has so many. */
export const mostRegions = 16;

/** Refuses regions that the simulator's table cannot hold or that overlap, and paths that mean nothing. */
export function checkRegions(regions: readonly MemoryRegion[]): void {
  if (regions.length > mostRegions)
    throw new CompileError(`${regions.length} memory regions; at most ${mostRegions} are simulated`);
  const sorted = [...regions].sort((a, b) => a.address - b.address);
  for (const { fetch, load, store } of regions)
    for (const path of [fetch, load, store]) if (path) checkPath(path);
  for (const [i, { name, address, bytes }] of sorted.entries()) {
    if (address % granuleBytes !== 0 || bytes % granuleBytes !== 0 || bytes <= 0)
      throw new CompileError(
        `memory ${name}: ${bytes} bytes at ${hex(address)}; address and size must be multiples of ${granuleBytes}`,
      );
    const next = sorted[i + 1];
    if (address + bytes > (next?.address ?? 2 ** 32))
      throw new CompileError(
        `memory ${name}: ends at ${hex(address + bytes)}, inside ${next?.name ?? "no address"}`,
      );
  }
}

/** RAM without wait states. */
export function ram(name: string, address: number, bytes: number): MemoryRegion {
  return { name, kind: "ram", address, bytes, fetchWaits: 0, loadWaits: 0, storeWaits: 0 };
}
