/** What a compiled simulator exports: the same of every instruction set. */
export interface SimulatorExports {
  readonly memory: WebAssembly.Memory;
  /** Maps memory and gives where its bytes lie in `memory`. */
  readonly mapRegion: (region: number, address: number, bytes: number, writable: number) => number;
  /** Constant waits of a region's fetches, loads and stores, and the paths that they take instead, or 0. */
  readonly route: (
    region: number,
    fetchWaits: number,
    loadWaits: number,
    storeWaits: number,
    fetch: number,
    load: number,
    store: number,
  ) => void;
  readonly makeMemory: (
    width: number,
    waits: number,
    next: number,
    continues: number,
    keepsStep: number,
  ) => number;
  readonly makeCache: (
    bytes: number,
    ways: number,
    line: number,
    replacement: number,
    hitWaits: number,
    fill: number,
    write: number,
    allocates: number,
  ) => number;
  readonly makePath: (memory: number, cache: number, prefetches: number, hitWaits: number) => number;
  readonly jumpTo: (address: number) => void;
  readonly beginCalls: (address: number) => void;
  /** Runs until `budget` instructions have run in all, or something else stops it; gives the reason. */
  readonly run: (budget: bigint) => number;
  readonly resume: () => void;
  /** Stops the run from within an import: reason, address, value. */
  readonly refuse: (reason: number, address: number, value: number) => void;
  readonly stopAddress: WebAssembly.Global;
  readonly stopValue: WebAssembly.Global;
  readonly programCounter: () => number;
  readonly cycleCount: () => bigint;
  readonly instructionCount: () => bigint;
  readonly register: (index: number) => number;
  readonly setRegister: (index: number, value: number) => void;
  /** First entry of a granule's decoded instructions, or 0. */
  readonly codePage: (address: number) => number;
  readonly callTree: () => number;
  /** Of a decoded entry, an index into `instructionKinds`. */
  readonly kindOf: (entry: number) => number;
  /** A region begins at an address; 0 if there are too many. */
  readonly mark: (address: number, region: number) => number;
  /** Room for the ascending addresses, 32 bits each, of so many functions; gives where it lies in `memory`. */
  readonly placeFunctions: (count: number) => number;
  /** Three 64-bit counts of a region: times entered, cycles, instructions. */
  readonly regionCounts: (region: number) => number;
  /** 1 to 4 bytes as the program would load them; 0 where nothing is mapped. */
  readonly peek: (address: number, bytes: number) => number;
  /** Stores 1 to 4 bytes as the program would. */
  readonly poke: (address: number, bytes: number, value: number) => void;
}

export const instructionKinds = [
  "arithmetic",
  "shift",
  "bit",
  "multiply",
  "divide",
  "load",
  "store",
  "branch",
  "jump",
  "call",
  "float",
  "system",
] as const;
export type InstructionKind = (typeof instructionKinds)[number];

/** Reasons to stop, in the order of `assembly/machine/stop.ts`. */
export const stops = [
  "none",
  "exit",
  "budget",
  "load",
  "store",
  "fetch",
  "instruction",
  "misaligned",
  "exception",
  "register",
  "idle",
  "semihosting",
  "interrupts",
] as const;
export type Stop = (typeof stops)[number];
