/** How well a zoo network's int8 form does what its float form does, on samples it was not calibrated on. */
import type { Graph } from "../src/graph/graph.ts";
import type { LoadedModel } from "../src/load/load-model.ts";
import { evaluate } from "../src/graph/evaluate.ts";
import { dequantizeOutput, quantizeInput } from "../src/pass/quantize.ts";
import { argmax } from "./zoo-samples.ts";

/** Of the samples, how many must have the same largest output in int8 as in float. */
const leastAgreement = 0.98;
/** By how much a reconstruction's mean squared error may differ from float's. */
const mostDifference = 0.02;
/** Signal to noise of outputs that are neither classes nor reconstructions. */
const leastDecibels = 20;
/** An output of more values is no list of classes. */
const mostClasses = 100;

export interface Agreement {
  readonly isEnough: boolean;
  readonly words: string;
}

/** @param images HWC, as of the only input. */
export function agreementOf(
  { graph: float, outputs }: LoadedModel,
  int8: Graph,
  images: readonly Float32Array[],
): Agreement {
  const input = int8.tensors.get(int8.inputs[0]!)!;
  const output = int8.tensors.get(int8.outputs[0]!)!;
  const pairs = images.map((image) => {
    const bytes = evaluate(int8, [quantizeInput(input, image)]).get(output.name)!;
    const real = evaluate(float, [image]).get(outputs[0]!.name)!;
    return { image, real, found: dequantizeOutput(output, bytes) };
  });
  const { length } = pairs[0]!.real;
  if (length <= mostClasses) {
    const count = pairs.filter(({ real, found }) => argmax(real) === argmax(found)).length;
    return {
      isEnough: count / images.length >= leastAgreement,
      words: `argmax agrees on ${count} of ${images.length} samples`,
    };
  }
  if (length === images[0]!.length) {
    const differences = pairs.map(({ image, real, found }) =>
      Math.abs(squaredError(found, image) / squaredError(real, image) - 1),
    );
    const worst = Math.max(...differences);
    return {
      isEnough: worst <= mostDifference,
      words: `reconstruction errors of ${images.length} samples differ by at most ${(100 * worst).toFixed(2)} %`,
    };
  }
  const signal = pairs.reduce((sum, { real }) => sum + squaredError(real, new Float32Array(length)), 0);
  const noise = pairs.reduce((sum, { real, found }) => sum + squaredError(real, found), 0);
  const decibels = 10 * Math.log10(signal / noise);
  return { isEnough: decibels >= leastDecibels, words: `signal to noise ${decibels.toFixed(1)} dB` };
}

function squaredError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
