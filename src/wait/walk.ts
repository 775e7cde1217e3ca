/**
 * Walks an engine through a chip's flash without compiling it: every constant that its loops read, in their order, and the code
 * that they run, fetched at the pace at which the core goes through it. Gives the cycles that the core waits.
 */
import type { TimedCost } from "../core/estimate.ts";
import type { Program } from "../loop/program.ts";
import type { MemoryRegion } from "../simulate/region.ts";
import { FetchState, type FetchUnit } from "./fetch.ts";
import { layOut, type Layout, type PlacedKernel } from "./layout.ts";
import { openPaths, type PathState } from "./path.ts";
import type { Read } from "./reads.ts";
import type { Piece, Step } from "./steps.ts";

/** Cycles that one inference from empty caches waits for instructions, and for constants. */
export interface Waits {
  readonly code: number;
  readonly constants: number;
}

export interface Place extends Omit<Layout, "address"> {
  readonly fetchUnit: FetchUnit;
  readonly flash: MemoryRegion;
}

/** @param costs By kernel: all calls of one inference, without waits. */
export function walkProgram(program: Program, costs: readonly TimedCost[], place: Place): Waits {
  const kernels = layOut(program, costs, { ...place, address: place.flash.address });
  const walker = new Walker(place);
  const walked = kernels.map(() => ({ calls: 0, cycles: 0, code: 0, constants: 0 }));
  let [code, constants] = [0, 0];
  for (const { kernel: index, row } of program.calls) {
    const before = walked[index]!;
    const cycles = kernels[index]!.cyclesOf(row);
    const waits =
      before.cycles > enoughCycles
        ? asBefore(before, cycles)
        : remembered(before, cycles, walker.call(kernels[index]!, row));
    code += waits.code;
    constants += waits.constants;
  }
  return { code: Math.round(code), constants: Math.round(constants) };
}

/** Calls of a kernel are alike: when so many of its cycles have been walked, the others wait as those did. */
const enoughCycles = 2e6;

/** What was walked of a kernel, without its first call, whose code is not in any cache yet. */
interface Walked {
  calls: number;
  cycles: number;
  code: number;
  constants: number;
}

function remembered(walked: Walked, cycles: number, waits: Waits): Waits {
  walked.calls += 1;
  if (walked.calls > 1) {
    walked.cycles += cycles;
    walked.code += waits.code;
    walked.constants += waits.constants;
  }
  return waits;
}

const asBefore = (walked: Walked, cycles: number): Waits => ({
  code: (walked.code / walked.cycles) * cycles,
  constants: (walked.constants / walked.cycles) * cycles,
});

class Walker {
  readonly #fetch: FetchState | undefined;
  readonly #wordBytes: number;
  readonly #load: PathState | undefined;
  readonly #flash: MemoryRegion;
  #now = 0;
  #code = 0;
  #constants = 0;
  /** The last word of code that was asked for; -1 after a jump. */
  #word = -1;
  #random = 1;
  #kernel!: PlacedKernel;
  #values = new Int32Array(1);

  constructor({ fetchUnit, flash }: Place) {
    const pathTo = openPaths();
    const fetch = pathTo(flash.fetch);
    this.#fetch = fetch && new FetchState(fetchUnit, fetch);
    this.#wordBytes = fetchUnit.bytes;
    this.#load = pathTo(flash.load);
    this.#flash = flash;
  }

  call(kernel: PlacedKernel, row: number): Waits {
    this.#code = 0;
    this.#constants = 0;
    this.#kernel = kernel;
    this.#values = new Int32Array(kernel.slots);
    this.#values[0] = row;
    this.#jump();
    this.#run(kernel.steps);
    return { code: this.#code, constants: this.#constants };
  }

  #run(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.kind === "piece") {
        this.#piece(step);
        continue;
      }
      const turns = step.count(this.#values);
      for (let turn = 0; turn < turns; turn++) {
        if (turn > 0) this.#jump();
        this.#values[step.slot] = turn;
        this.#run(step.body);
      }
    }
  }

  #jump(): void {
    this.#fetch?.redirect();
    this.#word = -1;
  }

  #piece({ from, weight, cycles, reads }: Piece): void {
    const { address, byteScale, cycleScale } = this.#kernel;
    for (const read of reads) this.#read(read);
    this.#execute(address + from * byteScale, weight * byteScale, cycles * cycleScale);
  }

  /** Goes through `bytes` of code from `address`, which take `cycles` where nothing waits. */
  #execute(address: number, bytes: number, cycles: number): void {
    const waits = this.#fetch ? this.#fetchWaits(this.#fetch, address, bytes, cycles) : 0;
    this.#code += waits;
    this.#now += waits + cycles;
  }

  #fetchWaits(fetch: FetchState, address: number, bytes: number, cycles: number): number {
    if (bytes === 0) return 0;
    const width = this.#wordBytes;
    const pace = (cycles * width) / bytes;
    let waits = 0;
    for (let word = Math.floor(address / width); word * width < address + bytes; word++) {
      if (word <= this.#word) continue;
      this.#word = word;
      const at = Math.max(word * width, address);
      waits += fetch.waitFor(at, this.#now + waits + (pace * (at - address)) / width, pace);
    }
    return waits;
  }

  #read({ address, length, elementBytes, index, bytes, times }: Read): void {
    let at = address + (index ? index(this.#values) : this.#anyBelow(length)) * elementBytes;
    for (let i = 0; i < times; i++, at += bytes) {
      const waits = this.#load ? this.#load.readWaits(at, bytes, this.#now) : this.#flash.loadWaits;
      this.#now += waits;
      this.#constants += waits;
    }
  }

  /** An index from memory may be any: numbers that look random, the same in every walk. */
  #anyBelow(length: number): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) | 0;
    return Math.floor(((this.#random >>> 0) / 2 ** 32) * length);
  }
}
