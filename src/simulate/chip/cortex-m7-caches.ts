/** The first-level caches of a Cortex-M7 chip, and the ways through them. */
import type { Cache, Path, SlowMemory } from "../path.ts";

const line = 32;

function cache(name: string, bytes: number, ways: number, isData: boolean): Cache {
  return {
    name,
    bytes,
    ways,
    line,
    replacement: "random",
    hitWaits: 0,
    fill: "critical",
    write: isData ? "back" : "none",
    allocatesOnWrite: isData,
  };
}

/** Instruction cache of 2 ways, data cache of 4, lines of 32 bytes: Arm DDI 0489F, 1.1 and 5.1. */
export interface Caches {
  readonly fetch: (memory: SlowMemory) => Path;
  readonly load: (memory: SlowMemory) => Path;
}

/** Caches of `bytes` each, shared by every memory that is reached through them. */
export function cortexM7Caches(bytes: number): Caches {
  const instructions = cache("instruction cache", bytes, 2, false);
  const data = cache("data cache", bytes, 4, true);
  return {
    fetch: (memory) => ({ memory, cache: instructions }),
    load: (memory) => ({ memory, cache: data }),
  };
}

/** A memory that gives a line `waits` cycles after it is asked. */
export function lineMemory(name: string, waits: number): SlowMemory {
  return { name, width: line, waits, next: waits + 1 };
}
