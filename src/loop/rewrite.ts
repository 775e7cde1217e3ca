import type { Kernel } from "./ir.ts";

/**
 * A named change of a loop nest that never changes what it computes. A schedule is a list of them, applied in order.
 *
 * Loops are named by their index; after a rewrite has made several loops of one, the name stands for all of them.
 *
 * - `peel`: splits a loop into its first `first` turns, the middle, and its last `last` turns, so that the bounds
 *   of image borders become constants in the middle.
 * - `collapse`: makes one loop of two perfectly nested ones whose accesses are contiguous (kx, ic).
 * - `jam`: tiles a loop by `factor`, unrolls the tile and merges the inner loops of its copies (register blocking over
 *   output channels or over the pooling window); a remainder loop follows where `factor` does not divide the count.
 * - `unroll`: repeats the body of a loop `factor` times a turn; `factor` 0 unrolls it whole. Constant counts only.
 * - `vectorize`: turns a reduction over bytes into `lanes`-wide dot products with a scalar remainder.
 * - `share`: computes an expression (a load, an address) once that a block computes several times.
 * - `hoist`: moves what does not change in a loop out of it.
 */
export type Rewrite =
  | { readonly rewrite: "peel"; readonly loop: string; readonly first: number; readonly last: number }
  | { readonly rewrite: "collapse"; readonly outer: string; readonly inner: string }
  | { readonly rewrite: "jam"; readonly loop: string; readonly factor: number }
  | { readonly rewrite: "unroll"; readonly loop: string; readonly factor: number }
  | { readonly rewrite: "vectorize"; readonly loop: string; readonly lanes: 2 | 8 }
  | { readonly rewrite: "share" }
  | { readonly rewrite: "hoist" };

export type RewriteKernel = (kernel: Kernel, rewrites: readonly Rewrite[]) => Kernel;
