import type { Counts, Operation } from "../loop/operation.ts";
import type { Core, Estimate } from "./core.ts";

/** Bytes of flash that one operation reads; what does not appear reads none. */
export const constantBytes: Readonly<Partial<Record<Operation, number>>> = {
  loadConst8: 1,
  loadConst16: 2,
  loadConst32: 4,
  widenConst2: 2,
  widenConst8: 8,
  loadConst128: 16,
};

/**
 * Counts × prices, and the wait states of constants. An estimate: what a compiler makes of the loops is not seen, its
 * error is not yet known.
 */
export function estimate(counts: Counts, core: Core): Estimate {
  const cycles = (Object.keys(core.prices) as Operation[]).reduce((sum, operation) => {
    const bytes = constantBytes[operation];
    const wait = bytes === undefined ? 0 : core.flash.waitCycles(bytes);
    return sum + counts[operation] * (core.prices[operation].cycles + wait);
  }, 0);
  return { core: core.id, cycles, seconds: cycles / core.clockHz };
}
