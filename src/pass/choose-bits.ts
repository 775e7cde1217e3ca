/**
 * Bits of weights, layer by layer, under a goal: at most so many bytes of constants, or at least so much signal to noise at the
 * outputs, measured on samples.
 *
 * Each layer is tried alone in 4 bits; then layers are taken together, those first that save most bytes for the noise they
 * add. Where bytes are still too many, layers go on to 1 bit likewise. A step that noise does not allow is left out. Bytes are
 * those of weights stored whole: what pruned layers save comes on top.
 */
import { CompileError } from "../error.ts";
import { parameterBytes, savedByPacking } from "../graph/count.ts";
import type { Conv2d, Graph, Linear } from "../graph/graph.ts";
import { bitsFor, type LayerBits, type WeightBits } from "./channel-scale.ts";
import { outputNoise, type Sample } from "./output-noise.ts";

export interface BitsGoal {
  readonly what: "bytes" | "decibels";
  /** At most so many bytes, at least so many decibels. */
  readonly limit: number;
}

export const isGoal = (weights: LayerBits | BitsGoal): weights is BitsGoal =>
  typeof weights === "object" && "what" in weights;

interface Step {
  readonly layer: string;
  readonly bits: WeightBits;
  readonly saved: number;
  readonly noise: number;
}

/**
 * @param quantized The graph with these bits.
 * @param fewest Bits that a layer may come down to.
 * @throws CompileError where no choice reaches the goal.
 */
export function chooseBits(
  float: Graph,
  samples: readonly Sample[],
  goal: BitsGoal,
  quantized: (bits: LayerBits) => Graph,
  fewest: 4 | 1,
): LayerBits {
  const noiseOf = outputNoise(float, samples);
  const reaches = goal.what === "bytes" ? undefined : 10 ** (-goal.limit / 10);
  let bits = new Map<string, WeightBits>();
  let graph = quantized(bits);
  if (reaches !== undefined && noiseOf(graph) > reaches)
    throw new CompileError(
      `--weights: the output has ${(-10 * Math.log10(noiseOf(graph))).toFixed(1)} dB with all weights in 8 bits, less than the ${goal.limit} asked for`,
    );
  // Under a limit of noise as many layers as it allows come down; under one of bytes as many as it takes.
  const isDone = (): boolean => reaches === undefined && bytesOf(graph) <= goal.limit;
  for (const to of fewest === 4 || reaches !== undefined ? ([4] as const) : ([4, 1] as const)) {
    const from = bits;
    const steps = stepsTo(to, float, (layer) => noiseOf(quantized(new Map(from).set(layer, to))));
    for (const { layer } of steps) {
      if (isDone()) return bits;
      const tried = new Map(bits).set(layer, to);
      const found = quantized(tried);
      if (reaches === undefined || noiseOf(found) <= reaches) [bits, graph] = [tried, found];
    }
  }
  if (reaches === undefined && !isDone())
    throw new CompileError(
      `--weights: constants take at least ${bytesOf(graph)} bytes, more than the ${goal.limit} asked for; allow more`,
    );
  return bits;
}

/** Layers that can come to so many bits, those first that save most for the noise they add alone. */
function stepsTo(bits: 4 | 1, { nodes }: Graph, noiseWith: (layer: string) => number): readonly Step[] {
  const layers = nodes.filter(
    (node): node is Conv2d | Linear =>
      (node.kind === "conv2d" || node.kind === "linear") && bitsFor(node, bits) === bits,
  );
  const steps = layers.map(({ name, weight }) => ({
    layer: name,
    bits,
    saved: savedByPacking(weight.shape, bits),
    noise: noiseWith(name),
  }));
  return steps.sort((a, b) => a.noise / a.saved - b.noise / b.saved);
}

const bytesOf = ({ nodes }: Graph): number => nodes.reduce((sum, node) => sum + parameterBytes(node), 0);
