import type { Graph, Node, Tensor } from "../graph/graph.ts";
import { outputShape } from "../graph/shape.ts";

/** What every pass needs to know and do about the wires of a graph. Graphs are immutable: all return new ones. */

/** The node that writes a tensor; none for a graph input. */
export function producerOf(graph: Graph, tensor: string): Node | undefined {
  return graph.nodes.find((node) => node.output === tensor);
}

/** The one node that reads a tensor, if it is the only reader and the tensor is no result of the graph. */
export function soleConsumerOf(graph: Graph, tensor: string): Node | undefined {
  const readers = graph.nodes.filter((node) => node.inputs.includes(tensor));
  return readers.length === 1 && !graph.outputs.includes(tensor) ? readers[0] : undefined;
}

/** The graph with other nodes over the same tensors: shapes follow the nodes, tensors nobody writes are forgotten. */
export function withNodes(graph: Graph, nodes: readonly Node[]): Graph {
  const tensors = new Map<string, Tensor>();
  for (const name of graph.inputs) tensors.set(name, graph.tensors.get(name)!);
  for (const node of nodes) {
    const shapes = node.inputs.map((input) => tensors.get(input)!.shape);
    const old = graph.tensors.get(node.output)!;
    tensors.set(node.output, { ...old, shape: outputShape(node, shapes) });
  }
  return { ...graph, tensors, nodes };
}

/** One node in the place of two neighbours: the second goes, and the first becomes `merged`. */
export function merge(graph: Graph, first: Node, second: Node, merged: Node): Graph {
  const nodes = graph.nodes.flatMap((node) => (node === second ? [] : node === first ? [merged] : [node]));
  return withNodes(graph, nodes);
}

/** The graph without a node that changes nothing: who read its output reads its input. */
export function bypass(graph: Graph, gone: Node): Graph {
  const [input] = gone.inputs as [string];
  const renamed = (tensor: string): string => (tensor === gone.output ? input : tensor);
  const nodes = graph.nodes
    .filter((node) => node !== gone)
    .map((node) => ({ ...node, inputs: node.inputs.map(renamed) }));
  return withNodes({ ...graph, outputs: graph.outputs.map(renamed) }, nodes);
}

/** Applies a change until it finds nothing more to do; `change` gives undefined then. */
export function repeat(graph: Graph, change: (graph: Graph) => Graph | undefined): Graph {
  let current = graph;
  for (let next = change(current); next; next = change(current)) current = next;
  return current;
}

/** The first result that is not undefined, over the nodes in order. */
export function firstOf<Result>(graph: Graph, find: (node: Node) => Result | undefined): Result | undefined {
  for (const node of graph.nodes) {
    const found = find(node);
    if (found !== undefined) return found;
  }
  return undefined;
}
