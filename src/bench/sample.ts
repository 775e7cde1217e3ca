import { evaluate } from "../graph/evaluate.ts";
import type { Graph } from "../graph/graph.ts";
import { quantizeInput } from "../pass/quantize.ts";

type Values = Int8Array | Uint8Array | Float32Array;

/** Real inputs in the engine's own bytes, one array an input. */
export function engineInputs(graph: Graph, sample: readonly Float32Array[]): readonly Values[] {
  return sample.map((real, i) => {
    const tensor = graph.tensors.get(graph.inputs[i]!)!;
    return tensor.dtype === "f32" ? real : quantizeInput(tensor, real);
  });
}

/** Inputs and the outputs the evaluator gives for them, each one after another: what a self-test compares with. */
export function sampleOf(
  graph: Graph,
  sample: readonly Float32Array[],
): { readonly input: readonly number[]; readonly expected: readonly number[] } {
  const inputs = engineInputs(graph, sample);
  const values = evaluate(graph, inputs);
  return {
    input: inputs.flatMap((input) => Array.from(input)),
    expected: graph.outputs.flatMap((name) => Array.from(values.get(name)!)),
  };
}
