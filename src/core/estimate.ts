/**
 * Cycles without a compiler: what a kernel does times coefficients of its family, which were fitted on kernels that were compiled
 * and simulated. A figure is never without its error; a family without coefficients has no figure.
 */
import type { KernelWork } from "../loop/operation.ts";
import { costOf, type CoreFit, type FamilyFit } from "./coefficients.ts";
import type { Core } from "./core.ts";
import type { ErrorBar } from "../measurement.ts";
import { errorOfNetworks, errorWords } from "./error-bar.ts";
import { fits } from "./fits/fits.ts";

export interface Estimated {
  readonly kind: "estimated";
  /** The core's id. */
  readonly core: string;
  readonly cycles: number;
  /** Retired. */
  readonly instructions: number;
  /** Of the kernels, were each a function of its own. */
  readonly codeBytes: number;
  readonly error: ErrorBar;
  /** `GCC 12.2 -O2 …` */
  readonly compiler: string;
}

export interface NoEstimate {
  readonly kind: "none";
  readonly core: string;
  /** In words that complete «no estimate: …». */
  readonly why: string;
}

export type Estimate = Estimated | NoEstimate;

/** Of one kernel, all its calls of one inference. */
export interface KernelCost {
  /** Undefined on a core whose instructions alone are known. */
  readonly cycles: number | undefined;
  readonly instructions: number;
  readonly codeBytes: number;
}

/** Of a core that is simulated. */
export type TimedCost = KernelCost & { readonly cycles: number };

/** Undefined where the kernel's family has no coefficients on the core. */
export function kernelCost({ simulatedAs }: Core, kernel: Omit<KernelWork, "layer">): KernelCost | undefined {
  const fit = fits.get(simulatedAs)?.families[kernel.family];
  return fit && costBy(fit, kernel);
}

function costBy(fit: FamilyFit, { done, written }: Omit<KernelWork, "layer">): KernelCost {
  return {
    cycles: fit.cycles && costOf(done, fit.cycles),
    instructions: costOf(done, fit.instructions),
    codeBytes: costOf(written, fit.codeBytes),
  };
}

/** A whole inference: its error is that of whole networks. */
export function estimate(kernels: readonly KernelWork[], core: Core): Estimate {
  return estimateWith(kernels, core, ({ core: id }) => errorOfNetworks(id));
}

/** One layer: its error is that of its family's kernels. */
export function estimateLayer(kernels: readonly KernelWork[], core: Core): Estimate {
  return estimateWith(kernels, core, ({ families }) => families[kernels[0]!.family]!.leftOut);
}

function estimateWith(
  kernels: readonly KernelWork[],
  core: Core,
  errorOf: (fit: CoreFit) => ErrorBar | undefined,
): Estimate {
  const none = (why: string): NoEstimate => ({ kind: "none", core: core.id, why });
  const fit = fits.get(core.simulatedAs);
  if (!fit) return none(`${core.name} has not been calibrated`);
  if (Object.values(fit.families).every(({ cycles }) => cycles === undefined))
    return none(`${core.name} is not simulated: its instructions are known, its cycles are not`);
  const missing = [...new Set(kernels.map(({ family }) => family))].filter((one) => !(one in fit.families));
  if (missing.length > 0) return none(`not calibrated: ${missing.join(", ")}`);
  const error = errorOf(fit);
  if (!error) return none(`how far off it is is not known: no other network has ${kernels[0]!.family}`);
  const costs = kernels.map((kernel) => costBy(fit.families[kernel.family]!, kernel));
  const total = (of: (cost: KernelCost) => number): number =>
    Math.round(costs.reduce((sum, cost) => sum + of(cost), 0));
  return {
    kind: "estimated",
    core: core.id,
    cycles: total(({ cycles }) => cycles!),
    instructions: total(({ instructions }) => instructions),
    codeBytes: total(({ codeBytes }) => codeBytes),
    error,
    compiler: fit.compiler,
  };
}

/** `estimated; GCC 12.2 -O2 …; leave-one-network-out MAPE 2.9 %, worst 6.1 %, 42 engines of 6 networks` */
export function provenanceWords({ compiler, error }: Estimated): string {
  return `estimated; ${compiler}; no wait states; ${errorWords(error)}`;
}
