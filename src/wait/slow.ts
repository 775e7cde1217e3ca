/** When a slow memory delivers: the arithmetic of `assembly/machine/slow.ts`, for walks of programs that were never compiled. */
import type { SlowMemory } from "../simulate/path.ts";

export class SlowState {
  readonly memory: SlowMemory;
  /** The first cycle in which it can be asked again. */
  #freeFrom = 0;
  /** Where a read would begin that goes on with the last one. */
  #expected = -1;

  constructor(memory: SlowMemory) {
    this.memory = memory;
  }

  /** Reads whole units from `address`, asked for at `now`: when the first arrives. */
  transfer(address: number, bytes: number, now: number): number {
    const { width, waits, next, continues } = this.memory;
    const follows = continues === true && this.#expected === address;
    const first = this.#startTime(now) + (follows ? next - 1 : waits);
    this.#expected = address + bytes;
    this.#freeFrom = first + (bytes / width - 1) * next + 1;
    return first;
  }

  #startTime(now: number): number {
    if (now <= this.#freeFrom || this.memory.keepsStep !== true) return Math.max(now, this.#freeFrom);
    const step = this.memory.waits + 1;
    return this.#freeFrom + Math.ceil((now - this.#freeFrom) / step) * step;
  }

  /** When the last unit of what was asked for last arrived. */
  get lastArrival(): number {
    return this.#freeFrom - 1;
  }

  unitAt(address: number): number {
    return address - (address % this.memory.width);
  }

  /** Bytes of the whole units that `bytes` at `address` lie in. */
  unitsOf(address: number, bytes: number): number {
    const { width } = this.memory;
    return Math.ceil((address + bytes) / width) * width - this.unitAt(address);
  }
}
