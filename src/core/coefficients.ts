/** What kernels cost on a core, fitted on kernels of ours that were compiled and simulated: the data's shape. */
import type { Counts, Operation } from "../loop/operation.ts";
import type { ErrorBar } from "../measurement.ts";

/** Cycles, instructions or bytes of one operation; those that are left out cost nothing. */
export type Coefficients = Readonly<Partial<Record<Operation, number>>>;

/** Kernels of one family on one core. */
export interface FamilyFit {
  /** Kernels it was fitted on, and how far off it is on these: mean and worst absolute error in percent. */
  readonly kernels: number;
  readonly mapePercent: number;
  readonly worstPercent: number;
  /** How far off kernels of bundled networks were that had been left out of the fit; undefined where none could be. */
  readonly leftOut?: ErrorBar;
  /** Coefficients of what is done; of cycles none where kernels ran on an emulator, and errors are of instructions. */
  readonly cycles?: Coefficients;
  readonly instructions: Coefficients;
  /** Of what is written. */
  readonly codeBytes: Coefficients;
}

export interface CoreFit {
  /** Of `simulate --core`, or of an emulated device. */
  readonly core: string;
  /** `GCC 12.2 -O2 -falign-functions=4 …` */
  readonly compiler: string;
  /** Kernels, and the networks they are layers of. */
  readonly kernels: number;
  readonly networks: number;
  readonly families: Readonly<Record<string, FamilyFit>>;
}

/** What counted operations cost together. */
export function costOf(counts: Counts, coefficients: Coefficients): number {
  return (Object.keys(coefficients) as Operation[]).reduce(
    (sum, operation) => sum + counts[operation] * coefficients[operation]!,
    0,
  );
}
