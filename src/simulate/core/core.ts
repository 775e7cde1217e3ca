/** A core to simulate: which rules its timing follows, and the numbers they take, each with its source. */
import type { InstructionSet } from "../image.ts";

export interface Parameter {
  readonly value: number | boolean;
  readonly source: string;
}

export type Parameters = Readonly<Record<string, Parameter>>;

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
}

/** A number and where it was read. */
export function known(value: number | boolean, source: string): Parameter {
  return { value, source };
}
