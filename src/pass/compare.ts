/**
 * What int8 costs, tensor by tensor: a float graph and its int8 form run side by side on the same samples.
 *
 * The evaluator says what both mean. Why a tensor is noisy, in words, is left to `cure.ts`.
 */
import { CompileError } from "../error.ts";
import { byteTypeOf } from "../graph/byte-type.ts";
import { tensorOf } from "../graph/build.ts";
import { evaluate } from "../graph/evaluate.ts";
import type { Graph } from "../graph/graph.ts";
import { formatShape } from "../graph/elements.ts";
import { NoiseMeter, type Noise } from "./noise.ts";
import { dequantizeOutput, quantizeInput } from "./quantize.ts";

export interface Comparison {
  readonly samples: number;
  /** Of every tensor that both graphs have, noisiest first. */
  readonly tensors: readonly Noise[];
  /** For how many samples the largest value of an output is in the same place, by output. */
  readonly argmaxEqual: ReadonlyMap<string, number>;
}

/**
 * Runs both graphs on samples (each: one HWC array of real values an input). The int8 graph gets each input as its own
 * bytes, so errors are those an engine has, those of earlier layers included.
 *
 * @throws CompileError where there are no samples, or a float value is not finite.
 */
export function compareGraphs(
  float: Graph,
  quantized: Graph,
  samples: readonly (readonly Float32Array[])[],
): Comparison {
  if (samples.length === 0) throw new CompileError("diff: there are no samples; give at least one input");
  const meters = metersOf(float, quantized);
  const argmaxEqual = new Map(quantized.outputs.map((name) => [name, 0]));
  for (const sample of samples) {
    const real = evaluate(float, sample);
    const bytes = evaluate(
      quantized,
      sample.map((values, i) => quantizeInput(tensorOf(quantized, quantized.inputs[i]!), values)),
    );
    for (const meter of meters) {
      const values = real.get(meter.tensor.name)!;
      meter.add(values, dequantizeOutput(meter.tensor, bytes.get(meter.tensor.name)!));
    }
    quantized.outputs.forEach((name, i) => {
      const isEqual = indexOfLargest(real.get(float.outputs[i]!)!) === indexOfLargest(bytes.get(name)!);
      if (isEqual) argmaxEqual.set(name, argmaxEqual.get(name)! + 1);
    });
  }
  const tensors = meters.map((meter) => meter.result());
  return {
    samples: samples.length,
    tensors: tensors.sort((a, b) => a.decibels - b.decibels || 0),
    argmaxEqual,
  };
}

function metersOf(float: Graph, quantized: Graph): readonly NoiseMeter[] {
  return [...quantized.tensors.values()]
    .filter(({ name, shape }) => {
      const other = float.tensors.get(name);
      return other !== undefined && formatShape(other.shape) === formatShape(shape);
    })
    .map((tensor) => new NoiseMeter(tensor, byteTypeOf(tensor)));
}

/** The first, where several are equally large. */
function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
