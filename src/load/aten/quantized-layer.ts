/** Layers of quantised models: convolutions and linears with packed weights, and the packing itself. */
import type { Clamp, Window } from "../../graph/graph.ts";
import { int8Conv2d, int8Linear, reluClamp } from "../quantized/int8-graph.ts";
import { readPackedWindow } from "../quantized/packed.ts";
import { imageOf } from "../layout.ts";
import { permuteTensor } from "../tensor.ts";
import { describeValue, isValue, listOf } from "../value.ts";
import type { ConstantTensor, PackedLayer, Value } from "../value.ts";
import { activation, constant, pair, vector } from "./arguments.ts";
import { channelsAt, spatialInput } from "./forms.ts";
import { linears } from "./linear.ts";
import { fail, place, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall, Parameters } from "./operator.ts";
import { sideBySide } from "./pooling.ts";
import { bytesOf, emitBytes, outputType } from "./quantized-call.ts";

const layer: Parameters = { input: required, packed: required, scale: required, zero_point: required };

function convolution(dimensions: 1 | 2, clamp?: Clamp): Operator {
  return { parameters: layer, run: (call) => convolve(call, dimensions, clamp) };
}

function linear(clamp?: Clamp): Operator {
  return { parameters: layer, run: (call) => connect(call, clamp) };
}

function prepack(dimensions: 1 | 2): Operator {
  return {
    parameters: { weight: required, bias: null, stride: 1, padding: 0, dilation: 1, groups: 1 },
    run: (call) => {
      const { groups } = call.args;
      const [stride, padding, dilation] = [
        pair(call, "stride", 1),
        pair(call, "padding", 0),
        pair(call, "dilation", 1),
      ];
      const numbers = [stride, padding, dilation, [0, 0]].flatMap((each) => each.slice(0, dimensions));
      return packedOf(call, listOf([dimensions, ...numbers, groups!, 0]));
    },
  };
}

const prepackLinear: Operator = {
  parameters: { weight: required, bias: null },
  run: (call) => packedOf(call, null),
};

/** Weights are bytes, activations are quantised while it runs, by their own range: here they stay float. */
const dynamicLinear: Operator = {
  parameters: { input: required, packed: required, reduce_range: false },
  run: (call) => {
    const { weight, bias } = packedLayer(call);
    const args = { input: call.args.input!, weight, bias };
    return linears.linear!.run({ ...call, operation: "linear", args });
  },
};

const dynamicLinearRelu: Operator = {
  ...dynamicLinear,
  run: (call) => refuse(call, "is not supported; save the float model: it is quantised here"),
};

export const quantizedLayers: Readonly<Record<string, Operator>> = {
  "quantized.conv1d": convolution(1),
  "quantized.conv1d_relu": convolution(1, reluClamp),
  "quantized.conv2d": convolution(2),
  "quantized.conv2d_relu": convolution(2, reluClamp),
  "quantized.linear": linear(),
  "quantized.linear_relu": linear(reluClamp),
  "quantized.linear_dynamic": dynamicLinear,
  "quantized.linear_relu_dynamic": dynamicLinearRelu,
  "quantized.conv1d_prepack": prepack(1),
  "quantized.conv2d_prepack": prepack(2),
  "quantized.conv_prepack": prepack(2),
  "quantized.linear_prepack": prepackLinear,
};

function packedOf(call: OperatorCall, window: Value): PackedLayer {
  const { bias } = call.args;
  return {
    kind: "packed",
    path: call.frame.module.path,
    weight: constant(call, "weight"),
    bias: isValue(bias, "constant") ? bias : null,
    window,
  };
}

function packedLayer(call: OperatorCall): PackedLayer {
  const { packed } = call.args;
  if (isValue(packed, "packed")) return packed;
  return fail(
    call,
    `its weights are ${describeValue(packed)}, expected packed ones that are saved in the file`,
  );
}

function convolve(call: OperatorCall, dimensions: 1 | 2, clamp: Clamp | undefined): Value {
  const packed = packedLayer(call);
  const { weights } = call.context;
  const { groups, isTransposed, ...numbers } = readPackedWindow(packed, weights);
  if (isTransposed) return refuse(call, "a transposed quantised convolution is not supported");
  const input = spatialInput(call, activation(call, "input"), dimensions);
  const weight = spatial(packed.weight, dimensions);
  const { size } = weight.tensor; // (OC, IC / groups, KH, KW)
  if (size.length !== 4)
    return fail(call, `its weight has shape ${size.join("x")}, expected four dimensions`);
  // A signal is stored along h, where a convolution over time keeps its numbers last.
  const across = (all: readonly number[], one: number): readonly [number, number] =>
    dimensions === 1 ? [all.at(-1)!, one] : [all[0]!, all[1] ?? all[0]!];
  const [vertical, horizontal] = across(numbers.padding, 0);
  const window: Window = {
    kernel: [size[2]!, size[3]!],
    stride: across(numbers.stride, 1),
    dilation: across(numbers.dilation, 1),
    padding: { top: vertical, bottom: vertical, left: horizontal, right: horizontal },
  };
  const ends = endsOf(call, clamp);
  const body = int8Conv2d(ends, readWeights(call, packed, weight, [0, 2, 3, 1]), window, groups);
  return emitBytes(call, body, [input], ends.output);
}

/** As (OC, IC / groups, KH, KW); over time, the kernel along h. */
function spatial(weight: ConstantTensor, dimensions: 1 | 2): ConstantTensor {
  const { tensor } = weight;
  if (dimensions === 2) return weight;
  if (tensor.size.length === 4) return { ...weight, tensor: permuteTensor(tensor, [0, 1, 3, 2]) };
  const [size, stride] = [
    [...tensor.size, 1],
    [...tensor.stride, 0],
  ];
  return { ...weight, tensor: { ...tensor, size, stride } };
}

function connect(call: OperatorCall, clamp: Clamp | undefined): Value {
  const packed = packedLayer(call);
  const given = activation(call, "input");
  const [outputs, features] = packed.weight.tensor.size;
  if (outputs === undefined || given.shape.at(-1) !== features)
    return fail(
      call,
      `its weights are for ${features ?? 0} features, its input is ${given.shape.join("x")}; check the size given with --input`,
    );
  const input = channelsAt(call, given, given.shape.length - 1);
  const ends = endsOf(call, clamp);
  const weights = readWeights(call, packed, packed.weight, [0, 1]);
  const folded = {
    ...weights,
    weight: { shape: [outputs, 1, 1, features!], data: weights.weight.data },
  };
  const { h, w } = imageOf(input);
  const body =
    h === 1 && w === 1 ? int8Linear(ends, folded) : int8Conv2d(ends, folded, sideBySide([1, 1]), 1);
  return emitBytes(call, body, [input], ends.output);
}

function endsOf(call: OperatorCall, clamp: Clamp | undefined) {
  const input = bytesOf(call, "input");
  return { name: place(call), input, output: outputType(call, input), ...(clamp && { clamp }) };
}

function readWeights(
  call: OperatorCall,
  packed: PackedLayer,
  weight: ConstantTensor,
  order: readonly number[],
) {
  const tensor = permuteTensor(weight.tensor, order);
  const { data, scales } = call.context.weights.readQuantized(tensor, weight.name);
  const outputs = tensor.size[0]!;
  const withBias = { ...call, args: { ...call.args, bias: packed.bias } };
  const bias = vector(withBias, "bias", outputs, 0);
  return { weight: { shape: tensor.size, data }, scales, bias };
}
