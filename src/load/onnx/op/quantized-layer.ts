/**
 * Layers that dequantise, compute and quantise in one node: ONNX's QLinearConv and QLinearMatMul, and what ONNX Runtime
 * adds under `com.microsoft`. Each is taken apart into the three.
 */
import { emit, fail } from "../../aten/operator.ts";
import { floatAttribute, integerAttribute, type OnnxCall, type OnnxOperator } from "../call.ts";
import { makeArray } from "../array.ts";
import type { Attribute } from "../model-proto.ts";
import type { OnnxValue } from "../value.ts";
import { activations } from "./activation.ts";
import { arithmetics } from "./arithmetic.ts";
import { convolutions } from "./convolution.ts";
import { linears } from "./linear.ts";
import { poolings } from "./pooling.ts";
import { dequantize, innerNode, quantize } from "./quantization.ts";
import { structures } from "./structure.ts";

/** Where the node has a tensor: its value, its scale and its zero point. */
type Place = readonly [value: number, scale: number, zeroPoint: number];

interface Layer {
  /** The operator in real numbers. */
  readonly opType: string;
  readonly operator: OnnxOperator;
  readonly inputs: readonly Place[];
  /** Of int32, in units of the product of both scales. */
  readonly bias?: number;
  readonly output: readonly [scale: number, zeroPoint: number];
  readonly opset?: number;
}

const two: readonly Place[] = [
  [0, 1, 2],
  [3, 4, 5],
];
const one: readonly Place[] = [[0, 1, 2]];

const layers: Readonly<Record<string, Layer>> = {
  QLinearConv: { opType: "Conv", operator: convolutions.Conv!, inputs: two, bias: 8, output: [6, 7] },
  QLinearMatMul: { opType: "MatMul", operator: linears.MatMul!, inputs: two, output: [6, 7] },
  QGemm: { opType: "Gemm", operator: linears.Gemm!, inputs: two, bias: 6, output: [7, 8] },
  QLinearAdd: { opType: "Add", operator: arithmetics.Add!, inputs: two, output: [6, 7] },
  QLinearMul: { opType: "Mul", operator: arithmetics.Mul!, inputs: two, output: [6, 7] },
  QLinearGlobalAveragePool: {
    opType: "GlobalAveragePool",
    operator: poolings.GlobalAveragePool!,
    inputs: one,
    output: [3, 4],
  },
  QLinearAveragePool: { opType: "AveragePool", operator: poolings.AveragePool!, inputs: one, output: [3, 4] },
  QLinearSigmoid: { opType: "Sigmoid", operator: activations.Sigmoid!, inputs: one, output: [3, 4] },
  QLinearLeakyRelu: { opType: "LeakyRelu", operator: activations.LeakyRelu!, inputs: one, output: [3, 4] },
  QLinearSoftmax: { opType: "Softmax", operator: activations.Softmax!, inputs: one, output: [3, 4] },
};

export const quantizedLayers: Readonly<Record<string, OnnxOperator>> = {
  ...Object.fromEntries(
    Object.entries(layers).map(([name, layer]): [string, OnnxOperator] => [
      name,
      { run: (call) => runLayer(call, layer) },
    ]),
  ),
  QLinearConcat: { run: joinQuantized },
};

function runLayer(call: OnnxCall, layer: Layer): OnnxValue {
  if (integerAttribute(call, "channels_last", 0) !== 0)
    fail(call, "channels_last is not supported; export with channels first");
  const real = layer.inputs.map(([value, scale, zero]) =>
    dequantize(weightsFirst(call, value), call.inputs[value], scale, zero),
  );
  const bias = layer.bias === undefined ? undefined : dequantizeBias(call, layer, layer.bias);
  const inner = {
    ...call,
    node: innerNode(call.node, layer.opType),
    opset: call.node.attributes.has("opset") ? integerAttribute(call, "opset", 13) : Math.max(call.opset, 13),
  };
  const results = layer.operator.run!({ ...inner, inputs: bias ? [...real, bias] : real });
  const [result] = [results].flat();
  return quantize({ ...call, operation: "quantize" }, result as OnnxValue, layer.output[0], layer.output[1]);
}

/** Weights of a convolution have a scale an output channel; other arrays along their last dimension. */
function weightsFirst(call: OnnxCall, index: number): OnnxCall {
  if (call.inputs[index]?.kind !== "array") return call;
  const isFirst = call.node.opType === "QLinearConv" || integerAttribute(call, "transB", 0) === 1;
  const axis: Attribute = { integer: isFirst ? 0 : -1, floats: [], integers: [] };
  return { ...call, node: { ...call.node, attributes: new Map([...call.node.attributes, ["axis", axis]]) } };
}

function dequantizeBias(call: OnnxCall, layer: Layer, at: number): OnnxValue | undefined {
  const bias = call.inputs[at];
  const [input, weight] = layer.inputs.map(([, scale]) => call.inputs[scale]);
  if (!bias) return undefined;
  if (bias.kind !== "array" || input?.kind !== "array" || weight?.kind !== "array")
    return fail(call, "its bias or a scale is not saved in the file");
  const alpha = floatAttribute(call, "alpha", 1);
  const data = Float32Array.from(
    bias.data,
    (q, oc) => q * alpha * input.data[0]! * weight.data[weight.data.length === 1 ? 0 : oc]!,
  );
  return makeArray(bias.name, "f32", bias.shape, data);
}

/** Scale and zero point of the output first, then those of each part behind it. */
function joinQuantized(call: OnnxCall): OnnxValue {
  const parts = Array.from({ length: Math.floor((call.inputs.length - 2) / 3) }, (_, index) => {
    const at = 2 + 3 * index;
    const real = dequantize(call, call.inputs[at], at + 1, at + 2);
    return real.kind === "activation" ? quantize(call, emit(call, { kind: "identity" }, [real]), 0, 1) : real;
  });
  const joined = structures.Concat!.run!({ ...call, node: innerNode(call.node, "Concat"), inputs: parts });
  return quantize(call, [joined].flat()[0] as OnnxValue, 0, 1);
}
