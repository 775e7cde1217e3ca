/** The integer form of each float layer, with the scales of its weights as the file has them. */
import { CompileError } from "../../error.ts";
import { isSameByteType, type ByteType } from "../../graph/byte-type.ts";
import type { BatchNorm, Conv2d, ConvTranspose2d, Linear, Node } from "../../graph/graph.ts";
import type { NodeBody } from "../graph-builder.ts";
import { sideBySide } from "../aten/pooling.ts";
import {
  int8Activation,
  int8Add,
  int8Conv2d,
  int8Linear,
  int8Mul,
  int8Softmax,
  int8Sub,
  type Int8Ends,
  type Int8Weights,
} from "../quantized/int8-graph.ts";
import { keepBytes } from "../quantized/keep-bytes.ts";

/** The scales weights are integers of; undefined where the file has them in real numbers. */
export type WeightScales = (weights: Float32Array) => readonly number[] | undefined;

/** Layers with arithmetic of their own. */
export type Computing = Extract<
  Node,
  {
    kind:
      | "conv2d"
      | "linear"
      | "convTranspose2d"
      | "batchNorm"
      | "add"
      | "sub"
      | "mul"
      | "activation"
      | "softmax"
      | "concat";
  }
>;

const computing: ReadonlySet<Node["kind"]> = new Set([
  "conv2d",
  "linear",
  "convTranspose2d",
  "batchNorm",
  "add",
  "sub",
  "mul",
  "activation",
  "softmax",
  "concat",
]);

/** Whether a layer's output may have another quantisation than its input. */
export function computesInBytes(node: Node): node is Computing {
  return computing.has(node.kind);
}

/** The type of the output where the file does not say one: that of functions with fixed ends. */
export function naturalType(node: Node, types: readonly ByteType[]): ByteType | undefined {
  const [first] = types;
  if (!first || types.length < node.inputs.length) return undefined;
  if (node.kind === "concat") return types.every((type) => isSameByteType(type, first)) ? first : undefined;
  if (node.kind !== "activation" && node.kind !== "softmax") return undefined;
  const isFixed = node.kind === "softmax" || ["sigmoid", "hardsigmoid", "tanh"].includes(node.fn);
  return isFixed ? keepBytes(node, types, 1)?.type : undefined;
}

export function int8Body(
  node: Computing,
  types: readonly ByteType[],
  output: ByteType,
  channels: number,
  scales: WeightScales,
): NodeBody {
  const [input, right] = types as [ByteType, ByteType];
  const ends: Int8Ends = { name: node.name, input, output };
  switch (node.kind) {
    case "conv2d":
      return int8Conv2d(ends, weightsOf(node, scales), node.window, node.groups);
    case "convTranspose2d":
      return {
        ...int8Conv2d(ends, weightsOf(node, scales), node.window, node.groups),
        kind: "convTranspose2d",
        outputPadding: node.outputPadding,
      };
    case "linear":
      return int8Linear(ends, weightsOf(node, scales));
    case "batchNorm":
      return int8Conv2d(ends, diagonalOf(node), sideBySide([1, 1]), channels);
    case "add":
      return int8Add(ends, right);
    case "sub":
      return int8Sub(ends, right);
    case "mul":
      return int8Mul(ends, right);
    case "activation":
      return int8Activation(node.fn, node.parameter, input, output);
    case "softmax":
      return int8Softmax(node.log, channels, input, output);
    case "concat":
      return { kind: "concat", axis: node.axis };
  }
}

/**
 * Weights are scale × integer, rounded to single precision: dividing gives the integers back. Those beyond 127, of
 * unsigned weights with a zero point at one end, get a coarser scale.
 */
function weightsOf(node: Conv2d | Linear | ConvTranspose2d, scalesOf: WeightScales): Int8Weights {
  const real = node.weight.data as Float32Array;
  const outChannels = node.weight.shape[0]!;
  const perChannel = real.length / outChannels;
  const given = scalesOf(real);
  const bytes = new Int8Array(real.length);
  const scales = new Float64Array(outChannels);
  for (let oc = 0; oc < outChannels; ++oc) {
    const row = real.subarray(oc * perChannel, (oc + 1) * perChannel);
    const largest = row.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    const own = given?.[given.length === 1 ? 0 : oc];
    const usable = own !== undefined && row.every((w) => w / own > -128.5 && w / own < 127.5);
    const scale = usable ? own : largest > 0 ? largest / 127 : 1;
    scales[oc] = scale;
    row.forEach((w, index) => {
      const q = Math.round(w / scale);
      if (own === undefined && Math.abs(w / scale - q) > 1e-3)
        throw new CompileError(
          `${node.name}: its weights are not quantised; quantise the whole network, or save the float model`,
        );
      bytes[oc * perChannel + index] = q;
    });
  }
  const weight = { shape: node.weight.shape, data: bytes };
  return { weight, scales, bias: node.bias.data as Float32Array };
}

/** A scale and a shift a channel as a depthwise convolution: one weight has its own scale, so nothing is lost. */
function diagonalOf({ weight, bias, mean, variance, eps }: BatchNorm): Int8Weights {
  const factor = weight.map((w, channel) => w / Math.sqrt(variance[channel]! + eps));
  const shift = bias.map((b, channel) => b - mean[channel]! * factor[channel]!);
  return {
    weight: { shape: [weight.length, 1, 1, 1], data: Int8Array.from(factor, (w) => 127 * Math.sign(w)) },
    scales: Array.from(factor, (w) => (w === 0 ? 1 : Math.abs(w) / 127)),
    bias: shift,
  };
}
