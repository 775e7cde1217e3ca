/** Applies a schedule to a kernel: each rewrite in turn, simplified before, between and after. */
import type { Kernel } from "../ir.ts";
import type { Rewrite } from "../rewrite.ts";
import { simplifyKernel } from "../simplify.ts";
import { collapse } from "./collapse.ts";
import { hoist } from "./hoist.ts";
import { jam } from "./jam.ts";
import { numberNames } from "./number-names.ts";
import { peel } from "./peel.ts";
import { share } from "./share.ts";
import { unroll } from "./unroll.ts";
import { vectorize } from "./vectorize.ts";

/**
 * The kernel, rewritten. A rewrite that does not apply to a loop leaves it as it is, and a loop nobody has is no error: one
 * schedule serves all layers.
 *
 * @param rows How many values `row` takes, from 0, where that is known: more bounds can then be resolved.
 */
export function rewriteKernel(kernel: Kernel, rewrites: readonly Rewrite[], rows?: number): Kernel {
  const rewritten = rewrites.reduce(
    (k, rewrite) => simplifyKernel(applyRewrite(k, rewrite, rows), rows),
    simplifyKernel(kernel, rows),
  );
  return numberNames(rewritten);
}

function applyRewrite(kernel: Kernel, rewrite: Rewrite, rows: number | undefined): Kernel {
  switch (rewrite.rewrite) {
    case "peel":
      return peel(kernel, rewrite.loop, rewrite.first, rewrite.last, rows);
    case "collapse":
      return collapse(kernel, rewrite.outer, rewrite.inner, rows);
    case "jam":
      return jam(kernel, rewrite.loop, rewrite.factor, rows);
    case "unroll":
      return unroll(kernel, rewrite.loop, rewrite.factor, rows);
    case "vectorize":
      return vectorize(kernel, rewrite.loop, rewrite.lanes, rows);
    case "share":
      return share(kernel);
    case "hoist":
      return hoist(kernel, rows);
  }
}
