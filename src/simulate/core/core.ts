/** A core to simulate: which rules its timing follows, and the numbers they take, each with its source. */
import type { InstructionSet } from "../image.ts";

export interface Parameter {
  readonly value: number | boolean;
  readonly source: string;
}

export type Parameters = Readonly<Record<string, Parameter>>;

/** How far simulated cycles have been from the truth: what every figure of the core carries as its error bar. */
export interface Accuracy {
  /** `its RTL simulated cycle by cycle` */
  readonly against: string;
  /** Programs compared. */
  readonly runs: number;
  readonly mapePercent: number;
  readonly worstPercent: number;
}

export interface SimulatedCore {
  /** `hazard3-rp2350` */
  readonly id: string;
  /** `Hazard3 as in RP2350` */
  readonly name: string;
  readonly set: InstructionSet;
  /** Of the instruction set, for messages: `rv32imac_zicsr_zba_zbb_zbs`. */
  readonly architecture: string;
  /** The file of `assembly/` with its timing rules: `riscv/timing/pipelined`. */
  readonly rules: string;
  /** Constants that the rules and the decoder are compiled with, in the spelling of `assembly/parameters`. */
  readonly parameters: Parameters;
  /** Where execution begins if the program does not say. */
  readonly resetAddress: number | undefined;
  /** What the test bench tells the program: 1, the core has machine-mode counters, 0, user-mode ones. */
  readonly coreType: 0 | 1;
  readonly accuracy: Accuracy;
}

/** A number and where it was read. */
export function known(value: number | boolean, source: string): Parameter {
  return { value, source };
}

/** Every one of so many programs took as many cycles as on the core's own RTL. `scripts/check-rtl.ts` checks it. */
export function exactAgainstRtl(runs: number): Accuracy {
  return {
    against: "its RTL, simulated cycle by cycle with memory that answers at once",
    runs,
    mapePercent: 0,
    worstPercent: 0,
  };
}
