import type { Counts, Operation } from "../loop/operation.ts";
import type { Core } from "./core.ts";

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
 * Counts × prices, and the wait states of constants, in cycles. It ranks ways to compute a layer and is no estimate: what a
 * compiler makes of the loops is not seen. See `estimate.ts` for figures with an error.
 */
export function priceOf(counts: Counts, core: Core): number {
  const prices = Object.entries(core.prices) as [Operation, Core["prices"][Operation]][];
  return prices.reduce(
    (sum, [operation, { cycles }]) => sum + counts[operation] * cycles,
    waitsOf(counts, core),
  );
}

/** Cycles that constants wait for flash. */
export function waitsOf(counts: Counts, { flash }: Core): number {
  const reads = Object.entries(constantBytes) as [Operation, number][];
  return reads.reduce((sum, [operation, bytes]) => sum + counts[operation] * flash.waitCycles(bytes), 0);
}
