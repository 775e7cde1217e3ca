/** Accuracy on labelled inputs, of the generated engine itself: not of the evaluator that defines it. */
import type { DType, Graph } from "../../graph/graph.ts";
import { dequantizeOutput, quantizeInput } from "../../pass/quantize.ts";
import type { AccuracyReport } from "../../report/data.ts";
import { bytesOf, type Engine } from "../engine.ts";

export interface TestSet {
  /** HWC, real values. */
  readonly inputs: readonly Float32Array[];
  readonly labels: readonly number[];
  /** Where they come from and how they were preprocessed. */
  readonly words: string;
  /** Of a network that reproduces its input: the mean squared error above which an input is of class 1, an anomaly. */
  readonly threshold?: number;
}

/** Fraction of inputs whose class is the label. */
export function measureAccuracy(engine: Engine, graph: Graph, set: TestSet): number {
  return equalShare(classesOf(engine, graph, set), set.labels);
}

/**
 * The class of each input: the largest output, the first of equal ones as in PyTorch; with a threshold, whether the input
 * was reproduced badly.
 */
export function classesOf(engine: Engine, graph: Graph, set: TestSet): readonly number[] {
  const input = graph.tensors.get(graph.inputs[0]!)!;
  const output = graph.tensors.get(graph.outputs[0]!)!;
  return set.inputs.map((real) => {
    const bytes = engine.run(bytesOf(input.dtype === "f32" ? real : quantizeInput(input, real)));
    const values = valuesOf(bytes, output.dtype);
    return classOf(real, output.dtype === "f32" ? values : dequantizeOutput(output, values), set);
  });
}

/** In how many places, of all, two lists are equal. */
export function equalShare(found: readonly number[], wanted: readonly number[]): number {
  return found.filter((value, i) => value === wanted[i]).length / found.length;
}

export function accuracyReport(
  engine: Engine,
  graph: Graph,
  set: TestSet,
  dtype: "f32" | "int8",
): AccuracyReport {
  return {
    title: `${dtype === "f32" ? "float" : "int8"}, generated engine`,
    dtype,
    samples: set.inputs.length,
    data: set.words,
    accuracy: {
      metric: "accuracy",
      value: measureAccuracy(engine, graph, set),
      how: "counted",
      variant: dtype,
      source: `${set.inputs.length} inputs run through the generated engine as Wasm`,
    },
  };
}

function classOf(input: Float32Array, output: ArrayLike<number>, { threshold }: TestSet): number {
  if (threshold === undefined) return argmax(output);
  const error = input.reduce((sum, x, i) => sum + (x - output[i]!) ** 2, 0) / input.length;
  return error > threshold ? 1 : 0;
}

function valuesOf(bytes: Uint8Array, dtype: DType): ArrayLike<number> {
  if (dtype === "u8") return bytes;
  if (dtype === "i16") return new Int16Array(bytes.buffer);
  return dtype === "i8" ? new Int8Array(bytes.buffer) : new Float32Array(bytes.buffer);
}

function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
