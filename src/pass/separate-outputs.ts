import type { Graph, Slice } from "../graph/graph.ts";
import { tensorOf } from "../graph/build.ts";

/** Gives an output that is another output again, or an input as it is, a copy of its own: every result has its place. */
export function separateOutputs(graph: Graph): Graph {
  const taken = new Set(graph.inputs);
  const tensors = new Map(graph.tensors);
  const copies: Slice[] = [];
  const outputs = graph.outputs.map((output, i) => {
    if (!taken.has(output)) {
      taken.add(output);
      return output;
    }
    const tensor = tensorOf(graph, output);
    const name = `output${i}`;
    tensors.set(name, { ...tensor, name });
    copies.push({
      kind: "slice",
      name,
      inputs: [output],
      output: name,
      from: { h: 0, w: 0, c: 0 },
      shape: tensor.shape,
    });
    return name;
  });
  return copies.length === 0 ? graph : { ...graph, tensors, outputs, nodes: [...graph.nodes, ...copies] };
}
