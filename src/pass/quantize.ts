import { CompileError } from "../error.ts";
import { tensorOf } from "../graph/build.ts";
import { byteClamp, byteTypeOf, isSameByteType, type ByteType } from "../graph/byte-type.ts";
import type { Graph, Node, Shape, Tensor } from "../graph/graph.ts";
import { byteLimits, dequantizeValue, quantizeValue } from "../graph/quantized.ts";
import { activationQuantization, wideQuantization, type TypeOfRange } from "./activation-quantization.ts";
import type { Ranges } from "./calibrate.ts";
import type { Range } from "./observe.ts";
import type { LayerBits } from "./channel-scale.ts";
import { alignConcats, dropSameRequantizations } from "./concat-quantization.ts";
import { quantizeConvolution } from "./quantize-conv.ts";
import { quantizeDivided, quantizePad } from "./quantize-spatial.ts";
import type { Wide } from "./widen.ts";
import { quantizeActivation, quantizeMul, quantizeSoftmax, quantizeSum } from "./quantize-pointwise.ts";

/**
 * The int8 graph of an optimised float graph (see `passes.ts`): every tensor gets bytes and a quantisation, every
 * node its integers. What only moves or compares values (pools, clamps on their own) keeps its input's quantisation.
 *
 * @throws CompileError where a layer cannot be computed in 32 bits.
 */
export function quantize(graph: Graph, ranges: Ranges, bits: LayerBits = 8, wide: Wide = new Set()): Graph {
  const aligned = alignConcats(graph, ranges);
  return dropSameRequantizations(quantizeNodes(aligned.graph, aligned.ranges, bits, wide));
}

function quantizeNodes(graph: Graph, ranges: Ranges, bits: LayerBits, wide: Wide): Graph {
  const types = new Map<string, ByteType>();
  for (const input of graph.inputs) types.set(input, activationQuantization(rangeOf(ranges, input)));
  const nodes = graph.nodes.map((node) => {
    const inputs = node.inputs.map((input) => types.get(input)!);
    const { shape } = tensorOf(graph, node.output);
    const range = rangeOf(ranges, node.output);
    const how = { bits, rangeType: wide.has(node.output) ? wideBy(range) : narrowBy(range) };
    const quantized = quantizeNode(node, shape, inputs, range, how);
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

const narrowBy =
  (range: Range): TypeOfRange =>
  (least) =>
    activationQuantization(range, least);

const wideBy =
  (range: Range): TypeOfRange =>
  (least) =>
    wideQuantization(range, least);

function quantizeNode(
  node: Node,
  shape: Shape,
  inputs: readonly ByteType[],
  range: Range,
  { bits, rangeType }: { readonly bits: LayerBits; readonly rangeType: TypeOfRange },
): { node: Node; output: ByteType } {
  const [input] = inputs as [ByteType];
  switch (node.kind) {
    case "conv2d":
    case "convTranspose2d":
    case "linear":
      return quantizeConvolution(node, input, rangeType, bits);
    case "add":
    case "sub":
      return quantizeSum(node, inputs as [ByteType, ByteType], rangeType);
    case "mul":
      return quantizeMul(node, inputs as [ByteType, ByteType], rangeType);
    case "activation":
      return quantizeActivation(node, input, range);
    case "softmax":
      return quantizeSoftmax(node, shape, input, range);
    case "clamp":
      return { node: { ...node, clamp: byteClamp(node.clamp, input) }, output: input };
    case "pad":
      return { node: quantizePad(node, input), output: input };
    case "avgPool2d":
      return node.divisor === undefined
        ? { node, output: input }
        : quantizeDivided(node, node.divisor, input);
    case "adaptivePool2d":
    case "upsample":
    case "pixelShuffle":
    case "maxPool2d":
    case "identity":
      return { node, output: input };
    case "slice":
    case "transpose":
    case "reshape":
      return { node, output: input };
    case "concat":
      if (inputs.every((other) => isSameByteType(input, other))) return { node, output: input };
      throw new Error(`${node.name}: joins tensors of several quantisations; requantise them first`);
    case "batchNorm":
    case "flatten":
      throw new Error(`${node.name}: ${node.kind} must be gone before quantising; run optimize first`);
  }
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
