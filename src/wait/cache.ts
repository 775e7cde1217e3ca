/** Which lines a cache holds: `assembly/machine/cache.ts`, of reads alone. */
import type { Cache } from "../simulate/path.ts";

export class CacheState {
  readonly cache: Cache;
  readonly #sets: number;
  /** By set and way: the line's number, -1 where there is none, and when it was used or filled. */
  readonly #lines: Int32Array;
  readonly #used: Float64Array;
  #clock = 0;
  /** A 16-bit shift register, x^16 + x^14 + x^13 + x^11 + 1. */
  #random = 1;

  constructor(cache: Cache) {
    this.cache = cache;
    this.#sets = cache.bytes / (cache.ways * cache.line);
    this.#lines = new Int32Array(this.#sets * cache.ways).fill(-1);
    this.#used = new Float64Array(this.#sets * cache.ways);
  }

  lineOf(address: number): number {
    return Math.floor(address / this.cache.line);
  }

  /** Whether `line` is there; using it makes it the youngest where age decides. */
  use(line: number): boolean {
    const slot = this.#find(line);
    if (slot >= 0 && this.cache.replacement === "lru") this.#used[slot] = ++this.#clock;
    return slot >= 0;
  }

  holds(line: number): boolean {
    return this.#find(line) >= 0;
  }

  install(line: number): void {
    const slot = this.#victim(line);
    this.#lines[slot] = line;
    this.#used[slot] = ++this.#clock;
  }

  #find(line: number): number {
    const { ways } = this.cache;
    const first = (line % this.#sets) * ways;
    for (let slot = first; slot < first + ways; slot++) if (this.#lines[slot] === line) return slot;
    return -1;
  }

  #victim(line: number): number {
    const { ways, replacement } = this.cache;
    const first = (line % this.#sets) * ways;
    let oldest = first;
    for (let slot = first; slot < first + ways; slot++) {
      if (this.#lines[slot] === -1) return slot;
      if (this.#used[slot]! < this.#used[oldest]!) oldest = slot;
    }
    return replacement === "random" ? first + (this.#nextRandom() % ways) : oldest;
  }

  #nextRandom(): number {
    const state = this.#random;
    const bit = (state ^ (state >>> 2) ^ (state >>> 3) ^ (state >>> 5)) & 1;
    this.#random = (state >>> 1) | (bit << 15);
    return this.#random;
  }
}
