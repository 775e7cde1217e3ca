import type { Operation } from "../loop/operation.ts";

/** A price and where it was read. */
export interface Price {
  /** Cycles. */
  readonly cycles: number;
  /** Manual, table, or the reasoning from one: shown in reports. */
  readonly source: string;
}

/** What of a core's instruction set decides which kernels suit it. */
export interface Features {
  /** Products an instruction at most: 1, or 2 of 16 bits (SMLAD), or 16 of 8 bits (MVE's VMLADAV). */
  readonly lanes: 1 | 2 | 16;
  /** Registers a loop can keep values in, beside those for addresses and counts. */
  readonly registers: 4 | 8 | 20;
}

/** A core on a part: what each counted operation costs. All figures are for zero wait states unless said. */
export interface Core {
  /** `cortex-m4` */
  readonly id: string;
  /** `Cortex-M4` */
  readonly name: string;
  /** The part that stands for it in reports, e.g. `STM32F401, 84 MHz`. */
  readonly part: string;
  readonly clockHz: number;
  /** The simulated core whose cycles estimates are fitted to: of `simulate --core`, and of `fits/`. */
  readonly simulatedAs: string;
  readonly features: Features;
  readonly prices: Readonly<Record<Operation, Price>>;
  /** Extra cycles of a constant read from flash, per access by width in bytes, and why. */
  readonly flash: { readonly waitCycles: (bytes: number) => number; readonly source: string };
}
