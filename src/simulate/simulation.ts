/** What a run of a program gave. */
import type { InstructionKind } from "./exports.ts";

/** Why cycles went by. `issue` is the one cycle that every instruction takes. */
export const reasons = ["issue", "hazard", "control", "busy", "fetch", "data"] as const;
export type Reason = (typeof reasons)[number];

/** In words, for reports. */
export const reasonWords: Readonly<Record<Reason, string>> = {
  issue: "one cycle for each instruction",
  hazard: "waiting for an earlier result",
  control: "taken branches and jumps",
  busy: "instructions that take several cycles",
  fetch: "waiting for instructions",
  data: "waiting for data memory",
};

export type Cycles = Readonly<Record<Reason, number>>;

/** A part of the program that its own marks delimit: a layer, if the program is an engine. */
export interface RegionCount {
  readonly region: number;
  readonly entered: number;
  readonly cycles: number;
  readonly instructions: number;
}

/** One executed instruction of the program, by address. */
export interface InstructionCount {
  readonly address: number;
  readonly bytes: number;
  readonly kind: InstructionKind;
  readonly executed: number;
  /** Times it jumped. */
  readonly taken: number;
  /** Where a direct branch or jump leads; undefined for others and where it was never taken. */
  readonly target: number | undefined;
  readonly cycles: Cycles;
}

/** A function within its caller, or a region within its function: cycles and instructions are its own, without those of callees. */
export interface CallNode {
  readonly address: number;
  /** Of a region that the program's marks delimit: its number. */
  readonly region: number | undefined;
  readonly calls: number;
  readonly cycles: number;
  readonly instructions: number;
  /** Calls that were too deep, or led to too many functions, to have nodes: their cycles are among this node's own. */
  readonly folded: number;
  readonly callees: readonly CallNode[];
}

/** How a run ended: by its own exit code, in a loop that nothing can end, or because enough instructions had run. */
export type Ending =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "idle"; readonly address: number }
  | { readonly kind: "budget"; readonly address: number };

export interface Simulation {
  readonly core: string;
  readonly ending: Ending;
  /** What the program wrote, byte by byte. */
  readonly console: Uint8Array;
  /** Instructions retired, without the one that ended the run. */
  readonly instructions: number;
  /** Undefined of an untimed run, as are the counts. */
  readonly timing: Timing | undefined;
}

export interface Timing {
  readonly cycles: number;
  readonly counts: readonly InstructionCount[];
  readonly calls: CallNode;
  /** Those that were entered. */
  readonly regions: readonly RegionCount[];
}
