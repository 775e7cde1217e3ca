/** Post-training quantisation from samples: observe, choose ranges, quantise. */
import type { Graph } from "../graph/graph.ts";
import { calibrate, type RangeMethod } from "./calibrate.ts";
import { withHeadroom } from "./headroom.ts";
import { observe } from "./observe.ts";
import { quantize } from "./quantize.ts";

/** How a float graph becomes bytes. */
export interface Quantising {
  readonly ranges: RangeMethod;
}

/**
 * The int8 graph of an optimised float graph, by what its tensors do on samples (HWC, real values).
 *
 * @throws CompileError where there are no samples, a value is not finite, or a layer needs more than 32 bits.
 */
export function quantizeModel(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  { ranges }: Quantising = { ranges: "min-max" },
): Graph {
  const observations = observe(graph, samples);
  return quantize(graph, withHeadroom(graph, observations, calibrate(observations, ranges)));
}
