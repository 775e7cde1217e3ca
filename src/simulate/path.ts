/**
 * Memories that take time, and the ways to them. Paths that name one cache share its lines, paths that name one memory
 * wait for each other. The meaning of every number is in `assembly/machine/slow.ts`, `cache.ts` and `path.ts`.
 */
import { CompileError } from "../error.ts";

/** Flash, serial flash, RAM behind a slow bus: it does one thing at a time. */
export interface SlowMemory {
  readonly name: string;
  /** Bytes of a unit: what it delivers at once. A power of two. */
  readonly width: number;
  /** Cycles beyond one until the first unit of a read arrives. */
  readonly waits: number;
  /** Cycles from one unit of a burst to the next. */
  readonly next: number;
  /** A read that follows on the last one is part of its burst, however much later: serial flash, chip select held. */
  readonly continues?: boolean;
  /** It reads without a pause: an access begins only a whole number of accesses after the last one. */
  readonly keepsStep?: boolean;
}

export const replacements = ["lru", "round-robin", "random"] as const;
/** What an access that misses waits for: its own unit, sent first; the line up to its unit; the whole line. */
export const fills = ["critical", "in-order", "whole"] as const;
export const writes = ["none", "through", "back"] as const;

export interface Cache {
  readonly name: string;
  readonly bytes: number;
  readonly ways: number;
  /** Bytes of a line: whole units of the memory behind it. */
  readonly line: number;
  readonly replacement: (typeof replacements)[number];
  /** Cycles beyond one of an access that hits. */
  readonly hitWaits: number;
  readonly fill: (typeof fills)[number];
  /** Whether stores leave memory as it is ("back") or not; "none": stores go past the cache. */
  readonly write: (typeof writes)[number];
  /** A store that misses fetches its line; only with "back". */
  readonly allocatesOnWrite: boolean;
}

export interface Path {
  readonly memory: SlowMemory;
  readonly cache?: Cache;
  /** After a miss, and after the first use of a line read ahead, the next line is read while the core goes on. */
  readonly prefetch?: boolean;
  /** Cycles beyond the cache's own of an access that hits by this way: it waits for another way's, say. */
  readonly hitWaits?: number;
}

/** A cache that only reads fill; stores go past it, and what hits waits for nothing. */
export function readCache(cache: Omit<Cache, "hitWaits" | "write" | "allocatesOnWrite">): Cache {
  return { ...cache, hitWaits: 0, write: "none", allocatesOnWrite: false };
}

/** The last `count` lines of `line` bytes that were read, as flash controllers keep them. */
export function lineBuffers(name: string, count: number, line: number): Cache {
  return readCache({ name, bytes: count * line, ways: count, line, replacement: "lru", fill: "whole" });
}

const isPowerOfTwo = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));

/** Refuses what the simulator's tables cannot mean. */
export function checkPath({ memory, cache, prefetch }: Path): void {
  if (!isPowerOfTwo(memory.width))
    throw new CompileError(`memory ${memory.name}: ${memory.width} bytes wide; a power of two is expected`);
  if (memory.continues === true && memory.next < 1)
    throw new CompileError(`memory ${memory.name}: bursts of ${memory.next} cycles a unit; at least 1`);
  if (cache === undefined) {
    if (prefetch === true)
      throw new CompileError(
        `memory ${memory.name}: a prefetcher needs line buffers or a cache to read into`,
      );
    return;
  }
  if (!isPowerOfTwo(cache.line) || cache.line % memory.width !== 0)
    throw new CompileError(
      `cache ${cache.name}: lines of ${cache.line} bytes; expected a power of two, in units of ${memory.width}`,
    );
  if (!isPowerOfTwo(cache.bytes / (cache.ways * cache.line)))
    throw new CompileError(
      `cache ${cache.name}: ${cache.bytes} bytes in ${cache.ways} ways of ${cache.line}-byte lines; the number of sets must be a power of two`,
    );
  if (cache.allocatesOnWrite && cache.write !== "back")
    throw new CompileError(
      `cache ${cache.name}: allocates on a store but writes ${cache.write}; only "back" may`,
    );
}
