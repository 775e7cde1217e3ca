import type { Build } from "./build.ts";

/**
 * How engines are compiled whose cycles are estimated: at -O2, as the loops are unrolled already, and with every place that
 * is jumped to at a multiple of four bytes, so that a kernel costs the same wherever it comes to lie.
 */
export const calibrationBuild: Build = {
  compiler: "gcc",
  optimisation: "-O2",
  flags: ["-falign-functions=4", "-falign-jumps=4", "-falign-loops=4"],
  marked: true,
  inferOnly: true,
};
