/** Post-training quantisation from samples: observe, choose ranges, quantise. */
import type { Graph } from "../graph/graph.ts";
import { calibrate, type RangeMethod, type Ranges } from "./calibrate.ts";
import { chooseRanges } from "./choose-ranges.ts";
import type { WeightBits } from "./channel-scale.ts";
import { correctBias } from "./correct-bias.ts";
import { withHeadroom } from "./headroom.ts";
import { equalise } from "./equalise.ts";
import { observe, type Observations } from "./observe.ts";
import { quantize } from "./quantize.ts";

/** How a float graph becomes bytes. */
export interface Quantising {
  /** One method for all tensors, or for each the one that leaves most signal to noise at the outputs. */
  readonly ranges: RangeMethod | "auto";
  /** Whether biases make up for what rounding the weights adds on average. */
  readonly correctBiases: boolean;
  /** Whether channels that two layers share are scaled to one reach. */
  readonly equalised: boolean;
  /** Bits of a weight, where so few make a layer smaller. */
  readonly weights: WeightBits;
}

export const defaults: Quantising = { ranges: "min-max", correctBiases: true, weights: 8, equalised: false };

/**
 * The int8 graph of an optimised float graph, by what its tensors do on samples (HWC, real values).
 *
 * @throws CompileError where there are no samples, a value is not finite, or a layer needs more than 32 bits.
 */
export function quantizeModel(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  how: Quantising = defaults,
  observations = observe(graph, samples),
): Graph {
  if (!how.equalised) return quantizeObserved(graph, samples, how, observations);
  const even = equalise(graph, observations);
  return quantizeObserved(even, samples, how, observe(even, samples));
}

function quantizeObserved(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  { ranges, correctBiases, weights }: Quantising,
  observations: Observations,
): Graph {
  const corrected = correctBiases ? correctBias(graph, observations, weights) : graph;
  const quantized = (chosen: Ranges): Graph => quantize(corrected, chosen, weights);
  const start = calibrate(observations, ranges === "auto" ? "min-max" : ranges);
  const roomy = withHeadroom(graph, observations, start);
  return quantized(ranges === "auto" ? chooseRanges(graph, observations, samples, roomy, quantized) : roomy);
}
