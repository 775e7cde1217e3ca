/** Post-training quantisation from samples: observe, choose ranges, quantise. */
import { CompileError } from "../error.ts";
import type { Graph } from "../graph/graph.ts";
import { calibrate, type RangeMethod, type Ranges } from "./calibrate.ts";
import { chooseRanges } from "./choose-ranges.ts";
import type { LayerBits } from "./channel-scale.ts";
import { chooseBits, isGoal, type BitsGoal } from "./choose-bits.ts";
import { correctBias } from "./correct-bias.ts";
import { withHeadroom } from "./headroom.ts";
import { equalise } from "./equalise.ts";
import { observe, type Observations } from "./observe.ts";
import { prune } from "./prune.ts";
import { quantize } from "./quantize.ts";
import { chooseWide, type ActivationBits } from "./widen.ts";

/** How a float graph becomes bytes. */
export interface Quantising {
  /** One method for all tensors, or for each the one that leaves most signal to noise at the outputs. */
  readonly ranges: RangeMethod | "auto";
  /** Whether biases make up for what rounding the weights adds on average. */
  readonly correctBiases: boolean;
  /** Whether channels that two layers share are scaled to one reach. */
  readonly equalised: boolean;
  /** Bits of a weight, where so few make a layer smaller, or what is to be reached with few of them. */
  readonly weights: LayerBits | BitsGoal;
  /** Part of the weights of linear layers that become 0. */
  readonly pruned: number;
  /** Bits of activations: 8, 16 wherever there is such a form, or 16 where they are needed. */
  readonly activations: ActivationBits;
}

export const defaults: Quantising = {
  ranges: "min-max",
  correctBiases: true,
  weights: 8,
  equalised: false,
  pruned: 0,
  activations: "int8",
};

/**
 * The int8 graph of an optimised float graph, by what its tensors do on samples (HWC, real values).
 *
 * @throws CompileError where there are no samples, a value is not finite, a layer needs more than 32 bits, or options name no
 * layer or contradict each other.
 */
export function quantizeModel(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  how: Quantising = defaults,
  observations = observe(graph, samples),
): Graph {
  refuseContradictions(graph, how);
  if (!how.equalised) return quantizeObserved(graph, samples, how, observations);
  const even = equalise(graph, observations);
  return quantizeObserved(even, samples, how, observe(even, samples));
}

function quantizeObserved(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  how: Quantising,
  observations: Observations,
): Graph {
  const { ranges, correctBiases, pruned, activations } = how;
  const weights = bitsOf(graph, samples, how, observations);
  const fewer = prune(graph, samples, pruned);
  const corrected = correctBiases ? correctBias(graph, observations, weights, fewer) : fewer;
  const quantized = (chosen: Ranges): Graph => quantize(corrected, chosen, weights);
  const start = calibrate(observations, ranges === "auto" ? "min-max" : ranges);
  const roomy = withHeadroom(graph, observations, start);
  const chosen = ranges === "auto" ? chooseRanges(graph, observations, samples, roomy, quantized) : roomy;
  return chooseWide(graph, samples, activations, (wide) => quantize(corrected, chosen, weights, wide));
}

/** Bits by layer; where a goal says them, they are chosen with min-max ranges and activations of 8 bits. */
function bitsOf(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  how: Quantising,
  observations: Observations,
): LayerBits {
  if (!isGoal(how.weights)) return how.weights;
  const plain: Quantising = { ...how, ranges: "min-max", activations: "int8" };
  const quantized = (weights: LayerBits): Graph =>
    quantizeObserved(graph, samples, { ...plain, weights }, observations);
  return chooseBits(graph, samples, how.weights, quantized, how.pruned > 0 ? 4 : 1);
}

function refuseContradictions({ nodes }: Graph, { weights, pruned }: Quantising): void {
  if (isGoal(weights)) return;
  const layers = nodes.filter(({ kind }) => kind === "conv2d" || kind === "linear");
  const named = typeof weights === "number" ? [] : [...weights.keys()];
  const unknown = named.find((name) => !layers.some((layer) => layer.name === name));
  if (unknown !== undefined)
    throw new CompileError(
      `--weights: no convolution or linear layer is called ${unknown}; there are ${layers.map(({ name }) => name).join(", ")}`,
    );
  const binary = layers.find(
    (node) => (typeof weights === "number" ? weights : weights.get(node.name)) === 1,
  );
  if (binary && pruned > 0)
    throw new CompileError(
      `${binary.name}: weights of 1 bit are never 0, which --prune makes them; use 4 bits there, or leave one out`,
    );
}
