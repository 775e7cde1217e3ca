/** What an op computes, as its plain nest: one file an op. */
import type { Node } from "../graph/graph.ts";
import type { Buffer } from "../loop/ir.ts";
import { lowerAccumulating } from "./accumulate.ts";
import { lowerActivation } from "./activation.ts";
import { lowerAdaptivePool2d } from "./adaptive-pool2d.ts";
import { lowerAvgPool2d } from "./avg-pool2d.ts";
import { lowerBinary } from "./binary.ts";
import { lowerClamp } from "./clamp.ts";
import { lowerConcat } from "./concat.ts";
import { lowerConvTranspose2d } from "./conv-transpose2d.ts";
import { lowerConv2d } from "./conv2d.ts";
import type { Lowered } from "./lowered.ts";
import { lowerMaxPool2d } from "./max-pool2d.ts";
import { lowerPad } from "./pad.ts";
import { lowerPixelShuffle } from "./pixel-shuffle.ts";
import { lowerUpsample } from "./upsample.ts";
import { lowerReshape } from "./reshape.ts";
import { lowerSoftmax } from "./softmax.ts";
import { entriesOf, lowerSparse } from "./sparse.ts";
import { lowerSlice } from "./slice.ts";
import { lowerTranspose } from "./transpose.ts";
import type { RowRing } from "./ring.ts";

export interface LowerOptions {
  /** The accumulators of a node that takes its input row by row. */
  readonly sums?: Buffer | undefined;
  /** Taps are laid out for vectors of this many bytes. */
  readonly lanes?: 8 | undefined;
}

export function lowerNode(
  node: Node,
  inputs: readonly RowRing[],
  output: RowRing,
  { sums, lanes }: LowerOptions = {},
): Lowered {
  const input = inputs[0]!;
  if (sums) return lowerAccumulating(node, input, output, { sums, lanes });
  switch (node.kind) {
    case "linear": {
      const entries = lanes || !input.isWhole ? undefined : entriesOf(node);
      return entries ? lowerSparse(node, entries, input, output) : lowerConv2d(node, input, output, lanes);
    }
    case "conv2d":
      return lowerConv2d(node, input, output, lanes);
    case "maxPool2d":
      return lowerMaxPool2d(node, input, output);
    case "avgPool2d":
      return lowerAvgPool2d(node, input, output);
    case "clamp":
      return lowerClamp(node, input, output);
    case "add":
    case "sub":
    case "mul":
      return lowerBinary(node, [input, inputs[1]!], output);
    case "activation":
      return lowerActivation(node, input, output);
    case "softmax":
      return lowerSoftmax(node, input, output);
    case "concat":
      return lowerConcat(node, inputs, output);
    case "slice":
      return lowerSlice(node, input, output);
    case "transpose":
      return lowerTranspose(node, input, output);
    case "reshape":
      return lowerReshape(node, input, output);
    case "adaptivePool2d":
      return lowerAdaptivePool2d(node, input, output);
    case "pad":
      return lowerPad(node, input, output);
    case "upsample":
      return lowerUpsample(node, input, output);
    case "pixelShuffle":
      return lowerPixelShuffle(node, input, output);
    case "convTranspose2d":
      return lowerConvTranspose2d(node, input, output);
    case "batchNorm":
    case "flatten":
    case "identity":
      throw new Error(`${node.name}: a ${node.kind} reached lowering; a pass should have removed it`);
  }
}
