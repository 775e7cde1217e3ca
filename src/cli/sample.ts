import { evaluate } from "../graph/evaluate.ts";
import type { Graph } from "../graph/graph.ts";
import { quantizeInput } from "../pass/quantize.ts";

type Values = Int8Array | Uint8Array | Float32Array;

/** One real input in the engine's own bytes. */
export function engineInput(graph: Graph, real: Float32Array): Values {
  const tensor = graph.tensors.get(graph.inputs[0]!)!;
  return tensor.dtype === "f32" ? real : quantizeInput(tensor, real);
}

/** An input and the output the evaluator gives for it: what a self-test compares with. */
export function sampleOf(graph: Graph, real: Float32Array): { input: Values; expected: Values } {
  const input = engineInput(graph, real);
  return { input, expected: evaluate(graph, [input]).get(graph.outputs[0]!)! };
}
