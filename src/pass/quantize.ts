import { CompileError } from "../error.ts";
import { tensorOf } from "../graph/build.ts";
import { byteClamp, byteTypeOf, type ByteType } from "../graph/byte-type.ts";
import type { Add, Graph, Node, Tensor } from "../graph/graph.ts";
import { addMultipliers, byteLimits, dequantizeValue, quantizeValue } from "../graph/quantized.ts";
import { activationQuantization } from "./activation-quantization.ts";
import type { Range, Ranges } from "./calibrate.ts";
import { quantizeConvolution } from "./quantize-conv.ts";

/**
 * The int8 graph of an optimised float graph (see `passes.ts`): every tensor gets bytes and a quantisation, every
 * node its integers. What only moves or compares values (pools, clamps on their own) keeps its input's quantisation.
 *
 * @throws CompileError where a layer cannot be computed in 32 bits.
 */
export function quantize(graph: Graph, ranges: Ranges): Graph {
  const types = new Map<string, ByteType>();
  for (const input of graph.inputs) types.set(input, activationQuantization(rangeOf(ranges, input)));
  const nodes = graph.nodes.map((node) => {
    const inputs = node.inputs.map((input) => types.get(input)!);
    const quantized = quantizeNode(node, inputs, rangeOf(ranges, node.output));
    types.set(node.output, quantized.output);
    return quantized.node;
  });
  const tensors = new Map<string, Tensor>();
  for (const [name, type] of types) {
    const { shape } = tensorOf(graph, name);
    tensors.set(name, { name, shape, dtype: type.dtype, quantization: type.quantization });
  }
  return { ...graph, tensors, nodes };
}

function quantizeNode(
  node: Node,
  inputs: readonly ByteType[],
  range: Range,
): { node: Node; output: ByteType } {
  const [input] = inputs as [ByteType];
  switch (node.kind) {
    case "conv2d":
    case "linear":
      return quantizeConvolution(node, input, range);
    case "add":
      return quantizeAdd(node, inputs as [ByteType, ByteType], range);
    case "sub":
    case "mul":
    case "activation":
    case "softmax":
      throw new CompileError(`${node.name}: a ${node.kind} cannot be quantised yet; use --dtype f32`);
    case "clamp":
      return { node: { ...node, clamp: byteClamp(node.clamp, input) }, output: input };
    case "adaptivePool2d":
    case "pad":
    case "upsample":
    case "pixelShuffle":
    case "convTranspose2d":
      throw new CompileError(`${node.name}: a ${node.kind} cannot be quantised yet; use --dtype f32`);
    case "maxPool2d":
    case "avgPool2d":
    case "identity":
      return { node, output: input };
    case "slice":
    case "transpose":
    case "reshape":
      return { node, output: input };
    case "concat":
      throw new CompileError(`${node.name}: concat is not quantised yet; use --dtype f32`);
    case "batchNorm":
    case "flatten":
      throw new Error(`${node.name}: ${node.kind} must be gone before quantising; run optimize first`);
  }
}

function quantizeAdd(
  node: Add,
  [left, right]: readonly [ByteType, ByteType],
  range: Range,
): { node: Add; output: ByteType } {
  const twiceMax = 2 * Math.max(left.quantization.scale, right.quantization.scale);
  // TensorFlow Lite's ADD asks for an output factor, twiceMax / (2^20 × scale), below 1.
  const output = activationQuantization(range, (twiceMax / 2 ** 20) * (1 + 2 ** -20));
  const requantize = addMultipliers(left.quantization, right.quantization, output.quantization);
  return { node: { ...node, clamp: byteClamp(node.clamp, output), requantize }, output };
}

function rangeOf(ranges: Ranges, tensor: string): Range {
  const range = ranges.get(tensor);
  if (!range) throw new Error(`${tensor} was not calibrated`);
  return range;
}

/**
 * Real values (HWC) as the bytes of an int8 graph's tensor.
 *
 * @throws CompileError at a value that is no number.
 */
export function quantizeInput(tensor: Tensor, real: ArrayLike<number>): Int8Array | Uint8Array {
  const { dtype, quantization } = byteTypeOf(tensor);
  const limits = byteLimits(dtype);
  const bytes = dtype === "u8" ? new Uint8Array(real.length) : new Int8Array(real.length);
  for (let i = 0; i < real.length; i++) {
    if (Number.isNaN(real[i])) {
      throw new CompileError(`input ${tensor.name}: element ${i} is NaN; check its preprocessing`);
    }
    bytes[i] = quantizeValue(real[i]!, quantization, limits);
  }
  return bytes;
}

/** The real values of bytes. */
export function dequantizeOutput(tensor: Tensor, bytes: ArrayLike<number>): Float32Array {
  const { quantization } = byteTypeOf(tensor);
  return Float32Array.from(bytes, (q) => dequantizeValue(q, quantization));
}
