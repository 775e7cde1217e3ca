/** Reads networks' inputs and outputs from a folder of the zoo, and compares what a graph computes with them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluate } from "../src/graph/evaluate.ts";
import type { Tensor } from "../src/graph/graph.ts";
import { fromImage, toImage } from "../src/load/layout.ts";
import type { LoadedModel } from "../src/load/load-model.ts";
import { readNpy } from "../src/load/npy.ts";
import { dequantizeOutput, quantizeInput } from "../src/pass/quantize.ts";

export interface Samples {
  /** PyTorch's shape of all of them, the batch first. */
  readonly shape: readonly number[];
  readonly items: readonly Float32Array[];
}

/** One array an item of the batch. */
export function readSamples(path: string, most = Infinity): Samples {
  const { shape, data } = readNpy(readFileSync(path));
  const values = Float32Array.from(data as Float32Array);
  const count = Math.min(shape[0]!, most);
  const length = values.length / shape[0]!;
  const items = Array.from({ length: count }, (_, i) => values.subarray(i * length, (i + 1) * length));
  return { shape, items };
}

/** `output.npy` and `output_1.npy` of a folder. */
export function readOutputs(folder: string): readonly Samples[] {
  return ["output.npy", "output_1.npy"]
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .map((path) => readSamples(path));
}

/** What the graph computes of one sample, in PyTorch's order, one array an output. */
export function compute(
  { graph, inputs, outputs }: LoadedModel,
  sample: Float32Array,
): readonly Float32Array[] {
  const values = evaluate(graph, [toImage(sample, inputs[0]!)]);
  return outputs.map((output) => fromImage(values.get(output.name)!, output));
}

/** Largest |ours − PyTorch's| over the largest |PyTorch's| of the same item and output. */
export function worstError(model: LoadedModel, inputs: Samples, expected: readonly Samples[]): number {
  let worst = 0;
  inputs.items.forEach((sample, item) => {
    compute(model, sample).forEach((output, index) => {
      const reference = expected[index]?.items[item];
      if (!reference) return;
      const scale = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      reference.forEach((value, i) => {
        const error = Math.abs(value - output[i]!) / scale;
        worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
      });
    });
  });
  return worst;
}

/** The same of a quantised network, in steps of each output's scale. */
export function worstSteps(
  { graph, inputs, outputs }: LoadedModel,
  given: Samples,
  expected: Samples,
): number {
  const tensorOf = (name: string): Tensor => graph.tensors.get(name)!;
  const [input, output] = [inputs[0]!, outputs[0]!];
  let worst = 0;
  given.items.forEach((sample, item) => {
    const bytes = quantizeInput(tensorOf(input.name), toImage(sample, input));
    const values = dequantizeOutput(tensorOf(output.name), evaluate(graph, [bytes]).get(output.name)!);
    const { scale } = tensorOf(output.name).quantization!;
    fromImage(values, output).forEach((value, i) => {
      worst = Math.max(worst, Math.round(Math.abs(value - expected.items[item]![i]!) / scale));
    });
  });
  return worst;
}

export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; ++i) if (values[i]! > values[best]!) best = i;
  return best;
}
