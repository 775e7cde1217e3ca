import { byteTypeOf, isSameByteType } from "../graph/byte-type.ts";
import { tensorOf } from "../graph/build.ts";
import type { ActivationNode, Concat, Graph, Node } from "../graph/graph.ts";
import type { Ranges } from "./calibrate.ts";
import { keepsValues } from "./keeps-values.ts";
import { bypass, firstOf, producerOf, repeat, soleConsumerOf } from "./rewire.ts";

/**
 * Concatenations in int8 only copy bytes, so what they join must have one quantisation: that of the result.
 *
 * Every input gets a requantisation of its own; a tensor that nothing but the concatenation looks at is quantised by
 * the result's range in the first place, and its requantisation, which then changes nothing, is dropped again.
 */

/** A graph with requantisations before its concatenations, and the ranges by which to quantise it. */
export function alignConcats(graph: Graph, ranges: Ranges): { graph: Graph; ranges: Ranges } {
  const tensors = new Map(graph.tensors);
  const aligned = new Map(ranges);
  const nodes = [...graph.nodes].reverse().flatMap((node) => {
    if (node.kind !== "concat" || isOfOneSource(graph, node)) return [node];
    const range = aligned.get(node.output)!;
    const requantizations = [...new Set(node.inputs)].map((input) => requantizationOf(node, input));
    for (const { inputs, output } of requantizations) {
      tensors.set(output, { ...tensorOf(graph, inputs[0]!), name: output });
      aligned.set(output, range);
      for (const tensor of onlyFor(graph, node, inputs[0]!)) aligned.set(tensor, range);
    }
    const names = new Map(requantizations.map(({ inputs, output }) => [inputs[0]!, output]));
    return [{ ...node, inputs: node.inputs.map((input) => names.get(input)!) }, ...requantizations];
  });
  return { graph: { ...graph, tensors, nodes: nodes.reverse() }, ranges: aligned };
}

/** The int8 graph without requantisations between equal types. */
export function dropSameRequantizations(graph: Graph): Graph {
  return repeat(graph, (current) =>
    firstOf(current, (node) => (changesNothing(current, node) ? bypass(current, node) : undefined)),
  );
}

function changesNothing(graph: Graph, node: Node): boolean {
  if (node.kind !== "activation" || node.fn !== "identity") return false;
  const typeOf = (name: string) => byteTypeOf(tensorOf(graph, name));
  return isSameByteType(typeOf(node.inputs[0]!), typeOf(node.output));
}

function requantizationOf(node: Concat, input: string): ActivationNode {
  const name = `${node.name}.requantize${node.inputs.indexOf(input)}`;
  return {
    kind: "activation",
    fn: "identity",
    name,
    inputs: [input],
    output: name,
    parameter: new Float32Array(0),
  };
}

/** The tensor, and those before it of the same bytes, that may have any quantisation because only `reader` sees them. */
function onlyFor(graph: Graph, reader: Node, tensor: string): readonly string[] {
  if (soleConsumerOf(graph, tensor) !== reader) return [];
  const producer = producerOf(graph, tensor);
  const before = producer && keepsValues(producer) ? onlyFor(graph, producer, producer.inputs[0]!) : [];
  return [tensor, ...before];
}

/** Whether all inputs are parts of one tensor, as in a shuffle of channels: they have its quantisation. */
function isOfOneSource(graph: Graph, node: Concat): boolean {
  const sourceOf = (tensor: string): string => {
    const producer = producerOf(graph, tensor);
    return producer && keepsValues(producer) ? sourceOf(producer.inputs[0]!) : tensor;
  };
  return new Set(node.inputs.map(sourceOf)).size === 1;
}
