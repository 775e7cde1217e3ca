/** Accuracy on labelled inputs, of the generated engine itself: not of the evaluator that defines it. */
import type { Graph } from "../../graph/graph.ts";
import { quantizeInput } from "../../pass/quantize.ts";
import type { AccuracyReport } from "../../report/data.ts";
import { bytesOf, type Engine } from "../engine.ts";

export interface TestSet {
  /** HWC, real values. */
  readonly inputs: readonly Float32Array[];
  readonly labels: readonly number[];
  /** Where they come from and how they were preprocessed. */
  readonly words: string;
}

/** Fraction of inputs whose largest output is the label's. The first of equal outputs counts, as in PyTorch. */
export function measureAccuracy(engine: Engine, graph: Graph, set: TestSet): number {
  const input = graph.tensors.get(graph.inputs[0]!)!;
  const output = graph.tensors.get(graph.outputs[0]!)!;
  const right = set.inputs.filter((real, i) => {
    const bytes = engine.run(bytesOf(input.dtype === "f32" ? real : quantizeInput(input, real)));
    return argmax(valuesOf(bytes, output.dtype)) === set.labels[i];
  });
  return right.length / set.inputs.length;
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

function valuesOf(bytes: Uint8Array, dtype: "f32" | "i8" | "u8"): ArrayLike<number> {
  if (dtype === "u8") return bytes;
  return dtype === "i8" ? new Int8Array(bytes.buffer) : new Float32Array(bytes.buffer);
}

function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
