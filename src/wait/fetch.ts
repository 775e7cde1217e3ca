/**
 * A fetch unit before a memory that waits: `assembly/machine/fetch.ts`, of code whose places are known and whose instructions
 * are not. A word is needed when the code before it is done, at an even pace.
 */
import type { PathState } from "./path.ts";

/** Of the simulated core: bytes of a word that is fetched at once, and how many are fetched ahead. */
export interface FetchUnit {
  readonly bytes: number;
  readonly ahead: number;
}

const ring = 8;

export class FetchState {
  readonly #unit: FetchUnit;
  readonly #path: PathState;
  /** When each of the last words was first needed, by word. */
  readonly #needed = new Float64Array(ring);
  #words = 0;
  /** Where the next word begins; -1: wherever the core jumps to. */
  #end = -1;
  #arrival = 0;

  constructor(unit: FetchUnit, path: PathState) {
    this.#unit = unit;
    this.#path = path;
  }

  /** The next instruction is the target of a jump. */
  redirect(): void {
    this.#end = -1;
  }

  /**
   * Cycles that the word at `address`, needed at `now`, makes the core wait.
   *
   * @param pace Cycles in which the core goes through a word: a memory that answers at once keeps up with it.
   */
  waitFor(address: number, now: number, pace: number): number {
    const { bytes } = this.#unit;
    if (this.#end === -1) {
      this.#end = address - (address % bytes);
      this.#words = 0;
      this.#arrival = now - Math.min(pace, 1) * (1 + (address - this.#end) / bytes);
    }
    if (address - this.#end >= bytes) this.#end = address - (address % bytes);
    const before = this.#words;
    while (this.#end <= address) this.#fetchNext(now, Math.min(pace, 1));
    const waits = Math.max(0, this.#arrival - now);
    for (let i = before; i < this.#words; i++) this.#needed[i % ring] = now + waits;
    return waits;
  }

  #fetchNext(now: number, step: number): void {
    const { ahead, bytes } = this.#unit;
    const room = ahead === 0 ? now : this.#words < ahead ? 0 : this.#needed[(this.#words - ahead) % ring]!;
    const start = Math.max(this.#arrival + step, room, 0);
    this.#arrival = start + this.#path.readWaits(this.#end, bytes, start);
    this.#end += bytes;
    this.#words++;
  }
}
