/** Post-training quantisation from samples: observe, choose ranges, quantise. */
import type { Graph } from "../graph/graph.ts";
import { calibrate, type RangeMethod } from "./calibrate.ts";
import type { WeightBits } from "./channel-scale.ts";
import { correctBias } from "./correct-bias.ts";
import { withHeadroom } from "./headroom.ts";
import { observe } from "./observe.ts";
import { quantize } from "./quantize.ts";

/** How a float graph becomes bytes. */
export interface Quantising {
  readonly ranges: RangeMethod;
  readonly correctBiases: boolean;
  readonly weights: WeightBits;
}

export const defaults: Quantising = { ranges: "min-max", correctBiases: true, weights: 8 };

/**
 * The int8 graph of an optimised float graph, by what its tensors do on samples (HWC, real values).
 *
 * @throws CompileError where there are no samples, a value is not finite, or a layer needs more than 32 bits.
 */
export function quantizeModel(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  { ranges, correctBiases, weights }: Quantising = defaults,
): Graph {
  const observations = observe(graph, samples);
  const chosen = withHeadroom(graph, observations, calibrate(observations, ranges));
  return quantize(correctBiases ? correctBias(graph, observations, weights) : graph, chosen, weights);
}
