import { tensorOf } from "./build.ts";
import type { Graph, Node, Requantize } from "./graph.ts";
import { convolvedShape, elements } from "./shape.ts";

/** What a node costs by definition, whatever kernel runs it. */
export interface NodeCount {
  /**
   * Multiply-accumulates as everyone counts them: results × kernel taps × input channels. Taps on padding and results
   * that a fused pool never looks at are counted, so the number is the same before and after every optimisation.
   */
  readonly macs: number;
  /** Weights and biases. */
  readonly parameters: number;
  /** Bytes of weights, biases and fixed-point multipliers. */
  readonly parameterBytes: number;
}

/** Counts of one node. */
export function countNode(graph: Graph, node: Node): NodeCount {
  switch (node.kind) {
    case "conv2d": {
      const results = elements(convolvedShape(node, tensorOf(graph, node.inputs[0]!).shape));
      const [outChannels] = node.weight.shape;
      const macs = (results * node.weight.data.length) / outChannels!;
      return { macs, ...parametersOf([node.weight.data, node.bias.data], node.requantize) };
    }
    case "linear":
      return {
        macs: node.weight.data.length,
        ...parametersOf([node.weight.data, node.bias.data], node.requantize),
      };
    case "batchNorm":
      return { macs: 0, ...parametersOf([node.weight, node.bias, node.mean, node.variance]) };
    case "clamp":
    case "maxPool2d":
    case "avgPool2d":
    case "add":
    case "flatten":
    case "identity":
      return { macs: 0, parameters: 0, parameterBytes: 0 };
  }
}

/** The sum over all nodes. */
export function countGraph(graph: Graph): NodeCount {
  const counts = graph.nodes.map((node) => countNode(graph, node));
  const sum = (key: keyof NodeCount): number => counts.reduce((total, count) => total + count[key], 0);
  return { macs: sum("macs"), parameters: sum("parameters"), parameterBytes: sum("parameterBytes") };
}

type Data = Float32Array | Int8Array | Int32Array;

function parametersOf(arrays: readonly Data[], requantize?: Requantize): Omit<NodeCount, "macs"> {
  const multipliers = requantize ? requantize.multiplier.byteLength + requantize.shift.byteLength : 0;
  return {
    parameters: arrays.reduce((total, array) => total + array.length, 0),
    parameterBytes: arrays.reduce((total, array) => total + array.byteLength, multipliers),
  };
}
