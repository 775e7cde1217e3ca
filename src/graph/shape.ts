import { CompileError } from "../error.ts";
import { elements, formatShape } from "./elements.ts";
import type { Conv2d, Linear, Node, Shape, Window } from "./graph.ts";
import { concatShape, reshapeShape, sliceShape, transposeShape } from "./structure.ts";
import { convTransposeShape, padShape, pixelShuffleShape, resizedShape } from "./spatial-shape.ts";

/**
 * The shape every node gives its output, and what is wrong when there is none.
 *
 * Window formula: PyTorch, torch.nn.Conv2d and MaxPool2d, "Shape". A pool's ceil_mode is bottom and right padding
 * here, so one formula serves all.
 */

/**
 * The shape of a node's output.
 *
 * @throws CompileError naming the node where its inputs do not fit it.
 */
export function outputShape(node: Node, inputs: readonly Shape[]): Shape {
  const input = inputs[0];
  if (!input) throw new CompileError(`${node.name}: has no input; give it one`);
  switch (node.kind) {
    case "conv2d":
      return convShape(node, input);
    case "linear":
      return linearShape(node, input);
    case "maxPool2d":
    case "avgPool2d":
      return { ...slide(node.name, node.window, input), c: input.c };
    case "adaptivePool2d":
    case "upsample":
      return resizedShape(node, input);
    case "pad":
      return padShape(node, input);
    case "pixelShuffle":
      return pixelShuffleShape(node, input);
    case "convTranspose2d":
      return convTransposeShape(node, input);
    case "batchNorm":
      expectChannels(node.name, node.weight.length, input.c);
      return input;
    case "add":
    case "sub":
    case "mul":
      expectBroadcast(node.name, inputs);
      return input;
    case "activation":
      if (node.parameter.length > 1) expectChannels(node.name, node.parameter.length, input.c);
      return input;
    case "softmax":
      return input;
    case "concat":
      return concatShape(node, inputs);
    case "slice":
      return sliceShape(node, input);
    case "transpose":
      return transposeShape(node, input);
    case "reshape":
      return reshapeShape(node, input);
    case "flatten":
      return { h: 1, w: 1, c: elements(input) };
    case "clamp":
    case "identity":
      return input;
  }
}

/** The shape of a convolution's own result, before its fused pool. */
export function convolvedShape(node: Conv2d, input: Shape): Shape {
  const [outChannels, , , inChannels] = node.weight.shape;
  expectChannels(node.name, inChannels! * node.groups, input.c);
  return { ...slide(node.name, node.window, input), c: outChannels! };
}

/** How many rows or columns a window reaches over, dilation included. */
export function reach(kernel: number, dilation: number): number {
  return dilation * (kernel - 1) + 1;
}

function convShape(node: Conv2d, input: Shape): Shape {
  const own = convolvedShape(node, input);
  return node.pool ? { ...slide(node.name, node.pool, own), c: own.c } : own;
}

function linearShape(node: Linear, input: Shape): Shape {
  const [out, h, w, c] = node.weight.shape;
  if (h !== input.h || w !== input.w || c !== input.c) {
    const wanted = formatShape({ h: h!, w: w!, c: c! });
    throw new CompileError(
      `${node.name}: its weights are for an input of ${wanted}, but the input is ${formatShape(input)}; check --input`,
    );
  }
  return { h: 1, w: 1, c: out! };
}

function slide(name: string, window: Window, input: Shape): { h: number; w: number } {
  const { kernel, stride, padding, dilation } = window;
  const paddedHeight = input.h + padding.top + padding.bottom;
  const paddedWidth = input.w + padding.left + padding.right;
  const height = reach(kernel[0], dilation[0]);
  const width = reach(kernel[1], dilation[1]);
  if (height > paddedHeight || width > paddedWidth) {
    throw new CompileError(
      `${name}: ${height}×${width} kernel is larger than its ${paddedHeight}×${paddedWidth} padded input; ` +
        `use a larger input, more padding or a smaller kernel`,
    );
  }
  return {
    h: Math.floor((paddedHeight - height) / stride[0]) + 1,
    w: Math.floor((paddedWidth - width) / stride[1]) + 1,
  };
}

function expectChannels(name: string, wanted: number, found: number): void {
  if (wanted === found) return;
  throw new CompileError(
    `${name}: its weights are for ${wanted} channels, but its input has ${found}; check --input`,
  );
}

function expectBroadcast(name: string, inputs: readonly Shape[]): void {
  const [left, right] = inputs;
  if (left && right && inputs.length === 2) {
    if (formatShape(left) === formatShape(right)) return;
    if (right.h === 1 && right.w === 1 && (right.c === left.c || right.c === 1)) return;
  }
  const found = inputs.map(formatShape).join(" and ");
  throw new CompileError(
    `${name}: combines tensors of ${found}; the second must have the first's shape, or be 1×1×C or 1×1×1`,
  );
}
