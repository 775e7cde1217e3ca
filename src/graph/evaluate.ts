import { CompileError } from "../error.ts";
import { activationOf, type Activation } from "./activation.ts";
import { tensorOf } from "./build.ts";
import { evaluateBinary } from "./evaluate-binary.ts";
import { evaluateConvolution } from "./evaluate-conv.ts";
import {
  evaluateActivation,
  evaluateBatchNorm,
  evaluateClamp,
  evaluateFlatten,
} from "./evaluate-elementwise.ts";
import { evaluateConvTranspose2d } from "./evaluate-conv-transpose.ts";
import { evaluateAvgPool, evaluateMaxPool } from "./evaluate-pool.ts";
import { evaluateConcat, evaluateReshape, evaluateSlice, evaluateTranspose } from "./evaluate-structure.ts";
import { evaluateSoftmax } from "./evaluate-softmax.ts";
import {
  evaluateAdaptivePool,
  evaluatePad,
  evaluatePixelShuffle,
  evaluateUpsample,
} from "./evaluate-resample.ts";
import type { Conv2d, Graph, Node, Tensor } from "./graph.ts";
import { elements, formatShape } from "./elements.ts";
import { convolvedShape } from "./shape.ts";

/**
 * The meaning of a graph: the values of all its tensors for these inputs (HWC, in the order of `graph.inputs`).
 *
 * Plain loops over plain arrays, float and int8: every faster reader is checked against this one, bit for bit.
 *
 * @param known Tensors that need not be computed again.
 * @throws CompileError where an input has not as many values as its tensor.
 */
export function evaluate(
  graph: Graph,
  inputs: readonly Activation[],
  known: ReadonlyMap<string, Activation> = new Map(),
): ReadonlyMap<string, Activation> {
  const values = new Map<string, Activation>();
  graph.inputs.forEach((name, i) => {
    const { shape } = tensorOf(graph, name);
    const given = inputs[i];
    if (given?.length !== elements(shape)) {
      throw new CompileError(
        `input ${name}: has ${given?.length ?? 0} values; the network takes ${formatShape(shape)}`,
      );
    }
    values.set(name, given);
  });
  for (const node of graph.nodes)
    values.set(node.output, known.get(node.output) ?? evaluateNode(graph, node, values));
  return values;
}

function evaluateNode(graph: Graph, node: Node, values: ReadonlyMap<string, Activation>): Activation {
  const tensors = node.inputs.map((name) => tensorOf(graph, name));
  const operands = node.inputs.map((name) => values.get(name)!);
  const [input] = tensors as [Tensor];
  const [x] = operands as [Activation];
  const output = tensorOf(graph, node.output);
  const y = activationOf(output);
  switch (node.kind) {
    case "conv2d":
      evaluateConv2d(node, x, input, output, y);
      return y;
    case "linear":
      evaluateConvolution(node, x, input, output, y);
      return y;
    case "maxPool2d":
      evaluateMaxPool(node.window, x, input.shape, output.shape, y);
      return y;
    case "avgPool2d":
      evaluateAvgPool(node, x, input, output, y);
      return y;
    case "add":
    case "sub":
    case "mul":
      evaluateBinary(node, operands as [Activation, Activation], tensors as [Tensor, Tensor], output, y);
      return y;
    case "activation":
      evaluateActivation(node, x, input, y);
      return y;
    case "softmax":
      evaluateSoftmax(node, x, input, output, y);
      return y;
    case "clamp":
      evaluateClamp(node, x, y);
      return y;
    case "adaptivePool2d":
      evaluateAdaptivePool(node, x, input, y);
      return y;
    case "pad":
      evaluatePad(node, x, input.shape, y);
      return y;
    case "upsample":
      evaluateUpsample(node, x, input, y);
      return y;
    case "pixelShuffle":
      evaluatePixelShuffle(node, x, input.shape, output.shape, y);
      return y;
    case "convTranspose2d":
      evaluateConvTranspose2d(node, x, input, output, y);
      return y;
    case "batchNorm":
      evaluateBatchNorm(node, x, y);
      return y;
    case "concat":
      evaluateConcat(
        node,
        operands.map((operand, i) => ({ x: operand, shape: tensors[i]!.shape })),
        output.shape,
        y,
      );
      return y;
    case "slice":
      evaluateSlice(node, { x, shape: input.shape }, y);
      return y;
    case "transpose":
      evaluateTranspose(node, { x, shape: input.shape }, output.shape, y);
      return y;
    case "reshape":
      evaluateReshape({ x, shape: input.shape }, output.shape, y);
      return y;
    case "flatten":
      evaluateFlatten(input.shape, x, y);
      return y;
    case "identity":
      y.set(x);
      return y;
  }
}

function evaluateConv2d(node: Conv2d, x: Activation, input: Tensor, output: Tensor, y: Activation): void {
  if (!node.pool) {
    evaluateConvolution(node, x, input, output, y);
    return;
  }
  const convolved: Tensor = { ...output, shape: convolvedShape(node, input.shape) };
  const results = activationOf(convolved);
  evaluateConvolution(node, x, input, convolved, results);
  evaluateMaxPool(node.pool, results, convolved.shape, output.shape, y);
}
