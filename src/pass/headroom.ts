/**
 * Room above the outputs of a network. A value clipped within a network is one of many; of an output it may be the
 * decision: two classes that both saturate are equal. Calibration samples are few, and real inputs go further.
 *
 * So the range of each output is widened to what one input in 10,000 should reach: the quantile of a Gumbel distribution
 * fitted to the extremes of the samples by their mean and standard deviation (E. J. Gumbel, Statistics of Extremes,
 * 1958). It asks no more than the spread of the samples says, and costs as much resolution as it widens.
 */
import type { Graph, Node } from "../graph/graph.ts";
import type { Ranges } from "./calibrate.ts";
import type { Observation, Observations, Range } from "./observe.ts";
import { keepsValues } from "./keeps-values.ts";
import { producerOf } from "./rewire.ts";

/** Fewer samples say little of a spread. */
const fewestSamples = 8;
const rarity = 10_000;
const eulerGamma = 0.5772156649;

/** The ranges, those of outputs and of what an output's values or probabilities are made of widened. */
export function withHeadroom(graph: Graph, observations: Observations, ranges: Ranges): Ranges {
  const widened = new Map(ranges);
  for (const tensor of decidingTensors(graph))
    widened.set(tensor, widen(ranges.get(tensor)!, observations.get(tensor)!, producerOf(graph, tensor)));
  return widened;
}

/** The outputs and what their values or probabilities are made of. */
export function decidingTensors(graph: Graph): readonly string[] {
  return graph.outputs.flatMap((output) => deciding(graph, output));
}

/** A tensor and those before it that decide as it does: what softmax and limits read, and what is only moved. */
function deciding(graph: Graph, tensor: string): readonly string[] {
  const producer = producerOf(graph, tensor);
  const isTransparent = producer !== undefined && (keepsValues(producer) || producer.kind === "softmax");
  return isTransparent ? [tensor, ...deciding(graph, producer.inputs[0]!)] : [tensor];
}

function widen(range: Range, { extremes }: Observation, producer: Node | undefined): Range {
  // A graph that is its own input, or ends in probabilities, has nothing to widen.
  if (extremes.length < fewestSamples || producer === undefined) return range;
  const limits = ("clamp" in producer ? producer.clamp : undefined) ?? { min: -Infinity, max: Infinity };
  const max = rareMaximum(extremes.map((extreme) => extreme.max));
  const min = -rareMaximum(extremes.map((extreme) => -extreme.min));
  return {
    min: Math.max(Math.min(range.min, min), limits.min),
    max: Math.min(Math.max(range.max, max), limits.max),
  };
}

/** What one maximum in 10,000 exceeds, by those given. */
function rareMaximum(maxima: readonly number[]): number {
  const mean = maxima.reduce((sum, x) => sum + x, 0) / maxima.length;
  const variance = maxima.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (maxima.length - 1);
  const beta = Math.sqrt(6 * variance) / Math.PI;
  return mean + beta * (Math.log(rarity) - eulerGamma);
}
