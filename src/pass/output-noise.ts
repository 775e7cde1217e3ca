/** How noisy a quantised graph's outputs are beside float's: what choices by signal to noise go by. */
import { tensorOf } from "../graph/build.ts";
import { evaluate } from "../graph/evaluate.ts";
import type { Graph } from "../graph/graph.ts";
import { dequantizeOutput, quantizeInput } from "./quantize.ts";

/** One HWC array of real values an input. */
export type Sample = readonly Float32Array[];

/** How many of the samples are run, evenly spread over them. */
const mostSamples = 8;

/** Measures a quantised graph: noise power over signal power, summed over the outputs. */
export function outputNoise(float: Graph, samples: readonly Sample[]): (quantized: Graph) => number {
  const spread = Math.max(samples.length / mostSamples, 1);
  const some = samples.filter((_, i) => Math.floor(i % spread) === 0).slice(0, mostSamples);
  const real = some.map((sample) => float.outputs.map((name) => evaluate(float, sample).get(name)!));
  return (quantized) => {
    const found = some.map((sample) => {
      const bytes = sample.map((values, i) =>
        quantizeInput(tensorOf(quantized, quantized.inputs[i]!), values),
      );
      const values = evaluate(quantized, bytes);
      return quantized.outputs.map((name) => dequantizeOutput(tensorOf(quantized, name), values.get(name)!));
    });
    return float.outputs.reduce((sum, _, output) => {
      const [signal, noise] = powers(
        real.map((values) => values[output]!),
        found.map((values) => values[output]!),
      );
      return sum + (signal === 0 ? 0 : noise / signal);
    }, 0);
  };
}

function powers(real: readonly ArrayLike<number>[], found: readonly ArrayLike<number>[]): [number, number] {
  let [signal, noise] = [0, 0];
  real.forEach((values, n) => {
    for (let i = 0; i < values.length; i++) {
      signal += values[i]! ** 2;
      noise += (values[i]! - found[n]![i]!) ** 2;
    }
  });
  return [signal, noise];
}
