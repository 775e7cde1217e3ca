import { tensorOf } from "./build.ts";
import type { Graph, Node } from "./graph.ts";
import { convolvedShape } from "./shape.ts";

/** What a node costs by definition, whatever kernel runs it. */

/**
 * Multiply-accumulates as everyone counts them: results × kernel taps × input channels. Taps on padding and results
 * that a fused pool never looks at are counted, so the number is the same before and after every optimisation.
 */
export function macs(graph: Graph, node: Node): number {
  switch (node.kind) {
    case "conv2d": {
      const { h, w } = convolvedShape(node, tensorOf(graph, node.inputs[0]!).shape);
      return h * w * node.weight.data.length;
    }
    case "convTranspose2d": {
      const { h, w } = tensorOf(graph, node.inputs[0]!).shape;
      return h * w * node.weight.data.length;
    }
    case "linear":
      return node.weight.data.length;
    case "batchNorm":
    case "clamp":
    case "maxPool2d":
    case "avgPool2d":
    case "adaptivePool2d":
    case "pad":
    case "upsample":
    case "pixelShuffle":
    case "add":
    case "sub":
    case "mul":
    case "activation":
    case "softmax":
    case "concat":
    case "slice":
    case "transpose":
    case "reshape":
    case "flatten":
    case "identity":
      return 0;
  }
}

/** How many weights and biases a node has. */
export function parameters(node: Node): number {
  return constantsOf(node).reduce((total, array) => total + array.length, 0);
}

/**
 * Bytes of weights, biases and, in an int8 graph, fixed-point multipliers and shifts of four bytes each, and tables
 * in the place of the parameters they are made of. Weights of few bits share bytes, each run of channels whole ones.
 */
export function parameterBytes(node: Node): number {
  if ((node.kind === "activation" || node.kind === "softmax") && node.table) return node.table.byteLength;
  const { requantize } =
    node.kind === "conv2d" || node.kind === "convTranspose2d" || node.kind === "linear" ? node : {};
  const multipliers = requantize ? requantize.multiplier.byteLength + requantize.shift.byteLength : 0;
  const isPacked = (node.kind === "conv2d" || node.kind === "linear") && node.weightBits;
  const saved = isPacked ? savedByPacking(node.weight.shape, node.weightBits) : 0;
  return constantsOf(node).reduce((total, array) => total + array.byteLength, multipliers - saved);
}

/** Bytes that a convolution's or linear's weights of this shape need less in few bits than in 8; the innermost run is channels. */
export function savedByPacking(shape: readonly number[], bits: 4 | 1): number {
  const runs = shape.slice(0, -1).reduce((product, n) => product * n, 1);
  const run = shape.at(-1)!;
  return runs * (run - Math.ceil((run * bits) / 8));
}

function constantsOf(node: Node): readonly (Float32Array | Int8Array | Int32Array)[] {
  switch (node.kind) {
    case "conv2d":
    case "convTranspose2d":
    case "linear":
      return [node.weight.data, node.bias.data];
    case "batchNorm":
      return [node.weight, node.bias, node.mean, node.variance];
    case "clamp":
    case "maxPool2d":
    case "avgPool2d":
    case "adaptivePool2d":
    case "pad":
    case "upsample":
    case "pixelShuffle":
    case "add":
    case "sub":
    case "mul":
    case "softmax":
    case "concat":
    case "slice":
    case "transpose":
    case "reshape":
    case "flatten":
    case "identity":
      return [];
    case "activation":
      return [node.parameter];
  }
}
