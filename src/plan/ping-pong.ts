/** The paper's rule: two buffers, used in turn. It is right for a chain only, where nothing outlives one layer. */
import { CompileError } from "../error.ts";
import type { Flow, FlowTensor } from "./flow.ts";

/** Tensor i of a chain lies in buffer i mod 2. Refuses any other graph, naming the tensor that is in the way. */
export function assertChain(flow: Flow): void {
  const extra = flow.inputs[1];
  if (extra !== undefined) {
    const [input] = flow.inputs;
    throw refusal(`${flow.tensors[extra]!.name}: lives beside ${flow.tensors[input!]!.name}, another input`);
  }
  flow.tensors.forEach((tensor, i) => {
    const layers = lastUse(flow, tensor) - i;
    if (layers > 1) throw refusal(`${tensor.name}: lives for ${layers} layers, ping-pong buffers allow 1`);
  });
}

function refusal(found: string): CompileError {
  return new CompileError(`${found}; use the strategy best-fit, overlap or stream`);
}

/** Number of the tensor written when this one is read last; an output is read after the last layer. */
function lastUse(flow: Flow, tensor: FlowTensor): number {
  const read = tensor.readers.map((node) => flow.nodes[node]!.output);
  return Math.max(0, ...read, ...(tensor.isOutput ? [flow.tensors.length - 1] : []));
}
