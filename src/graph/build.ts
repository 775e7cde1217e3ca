import type { Graph, Node, Shape, Tensor, Window } from "./graph.ts";
import { outputShape } from "./shape.ts";

/** Small constructors, so that graphs made by hand, by the loader and by passes are made in one way. */

/** A window with PyTorch's defaults: stride 1, no padding, no dilation; padding is symmetric unless given in full. */
export function windowOf(
  kernel: readonly [number, number],
  options: Partial<Pick<Window, "stride" | "dilation" | "padding">> = {},
): Window {
  return {
    kernel,
    stride: options.stride ?? [1, 1],
    padding: options.padding ?? { top: 0, bottom: 0, left: 0, right: 0 },
    dilation: options.dilation ?? [1, 1],
  };
}

/**
 * A float graph of these nodes: every tensor's shape follows from the inputs' shapes.
 *
 * @throws CompileError where a node's inputs do not fit it.
 */
export function graphOf(
  name: string,
  inputs: ReadonlyMap<string, Shape>,
  nodes: readonly Node[],
  outputs: readonly string[],
): Graph {
  const tensors = new Map<string, Tensor>();
  for (const [tensor, shape] of inputs) tensors.set(tensor, { name: tensor, shape, dtype: "f32" });
  for (const node of nodes) {
    const shapes = node.inputs.map((input) => tensorOf({ name, tensors }, input).shape);
    tensors.set(node.output, { name: node.output, shape: outputShape(node, shapes), dtype: "f32" });
  }
  return { name, tensors, inputs: [...inputs.keys()], outputs, nodes };
}

/** The tensor of that name; a graph without it is our bug, not the user's. */
export function tensorOf(graph: Pick<Graph, "name" | "tensors">, name: string): Tensor {
  const tensor = graph.tensors.get(name);
  if (!tensor) throw new Error(`graph ${graph.name} has no tensor "${name}"`);
  return tensor;
}
