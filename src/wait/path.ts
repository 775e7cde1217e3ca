/** How long reads by a chip's paths take: `assembly/machine/path.ts`, of reads alone. */
import type { Cache, Path, SlowMemory } from "../simulate/path.ts";
import { CacheState } from "./cache.ts";
import { SlowState } from "./slow.ts";

/** A line on its way: its number, its first unit, when that arrives and when the last does. */
interface Filling {
  readonly line: number;
  readonly firstUnit: number;
  readonly firstArrival: number;
  readonly doneAt: number;
}

export class PathState {
  readonly #path: Path;
  readonly #memory: SlowState;
  readonly #cache: CacheState | undefined;
  #filling: Filling | undefined;
  /** Read ahead and not used yet. */
  #ahead: Filling | undefined;

  constructor(path: Path, memory: SlowState, cache: CacheState | undefined) {
    this.#path = path;
    this.#memory = memory;
    this.#cache = cache;
  }

  /** Cycles that a read of `bytes` at `address`, begun at `now`, waits. */
  readWaits(address: number, bytes: number, now: number): number {
    const cache = this.#cache;
    if (!cache) {
      const memory = this.#memory;
      memory.transfer(memory.unitAt(address), memory.unitsOf(address, bytes), now);
      return memory.lastArrival - now;
    }
    const line = cache.lineOf(address);
    if (!cache.use(line)) return this.#miss(cache, line, address, now);
    const hit = cache.cache.hitWaits + (this.#path.hitWaits ?? 0);
    return this.#filling?.line === line ? Math.max(hit, this.#unitArrival(cache, address) - now) : hit;
  }

  #miss(cache: CacheState, line: number, address: number, now: number): number {
    this.#filling = this.#ahead?.line === line ? this.#ahead : this.#fill(cache, line, address, now);
    cache.install(line);
    if (this.#path.prefetch === true) this.#prefetch(cache, line + 1, now);
    const { fill, hitWaits } = cache.cache;
    const arrival = fill === "whole" ? this.#filling.doneAt : this.#unitArrival(cache, address);
    return Math.max(arrival - now, hitWaits);
  }

  #fill(cache: CacheState, line: number, address: number, now: number): Filling {
    const bytes = cache.cache.line;
    const firstUnit = cache.cache.fill === "critical" ? this.#memory.unitAt(address) : line * bytes;
    const firstArrival = this.#memory.transfer(firstUnit, bytes, now);
    return { line, firstUnit, firstArrival, doneAt: this.#memory.lastArrival };
  }

  #prefetch(cache: CacheState, line: number, now: number): void {
    this.#ahead = undefined;
    if (cache.holds(line)) return;
    const firstUnit = line * cache.cache.line;
    const firstArrival = this.#memory.transfer(firstUnit, cache.cache.line, now);
    this.#ahead = { line, firstUnit, firstArrival, doneAt: this.#memory.lastArrival };
  }

  /** Units come in order from the first one to the line's end, then from its beginning. */
  #unitArrival({ cache }: CacheState, address: number): number {
    const { firstUnit, firstArrival } = this.#filling!;
    const { width, next } = this.#memory.memory;
    const behind = (this.#memory.unitAt(address) - firstUnit + cache.line) % cache.line;
    return firstArrival + (behind / width) * next;
  }
}

/** Paths of one chip: those that name one memory or one cache share it. */
export function openPaths(): (path: Path | undefined) => PathState | undefined {
  const memories = new Map<SlowMemory, SlowState>();
  const caches = new Map<Cache, CacheState>();
  const paths = new Map<Path, PathState>();
  return (path) => {
    if (!path) return undefined;
    const { memory, cache } = path;
    const slow = memories.get(memory) ?? new SlowState(memory);
    memories.set(memory, slow);
    const lines = cache && (caches.get(cache) ?? new CacheState(cache));
    if (cache) caches.set(cache, lines!);
    const state = paths.get(path) ?? new PathState(path, slow, lines);
    paths.set(path, state);
    return state;
  };
}
