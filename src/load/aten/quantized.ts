/**
 * Quantising, dequantising, and the operators of quantised models that have no weights. PyTorch's pools, views and
 * clamps of quantised tensors are the float operators: `quantized/keep-bytes.ts` says what they are on bytes.
 */
import { isSameByteType, type ByteType } from "../../graph/byte-type.ts";
import type { ActivationFunction, Clamp } from "../../graph/graph.ts";
import { int8Activation, int8Add, int8Mul, int8Requantize, reluClamp } from "../quantized/int8-graph.ts";
import { describeValue, isValue, listOf, sequenceItems } from "../value.ts";
import type { Activation } from "../value.ts";
import { activations } from "./activation.ts";
import { activation, float, integer } from "./arguments.ts";
import { fail, place, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall } from "./operator.ts";
import { bytesOf, emitBytes, outputType } from "./quantized-call.ts";
import { structures } from "./structure.ts";
import { countElements } from "../tensor.ts";

/** PyTorch's numbers of element types: c10/core/ScalarType.h. */
const byteDtypes: Readonly<Record<number, ByteType["dtype"]>> = { 12: "i8", 13: "u8" };

const quantize: Operator = {
  parameters: { input: required, scale: required, zero_point: required, dtype: required },
  run: (call) => {
    const dtype = byteDtypes[integer(call, "dtype")];
    if (!dtype)
      return refuse(call, `to dtype ${describeValue(call.args.dtype)} is not supported; use quint8`);
    const input = activation(call, "input");
    const type = outputType(call, { dtype });
    const own = call.context.builder.byteTypeOf(input);
    if (own) return requantize(call, input, type);
    if (call.context.builder.quantizeInput(input, type))
      return emitBytes(call, { kind: "identity" }, [input], type);
    return refuse(
      call,
      "quantises what was computed in float; quantise the whole network, from its input on",
    );
  },
};

/** The bytes stay bytes; what they stand for is known. */
const dequantize: Operator = {
  parameters: { input: required },
  run: (call) => emitBytes(call, { kind: "identity" }, [activation(call, "input")], bytesOf(call, "input")),
};

function binary(make: typeof int8Add | typeof int8Mul, clamp?: Clamp): Operator {
  return {
    parameters: { input: required, other: required, scale: required, zero_point: required },
    run: (call) => {
      if (!isValue(call.args.other, "activation"))
        return refuse(call, `with ${describeValue(call.args.other)} is not supported; use two activations`);
      const operands = [activation(call, "input"), activation(call, "other")] as const;
      const [left, right] = isLarger(operands[1], operands[0]) ? operands.toReversed() : operands;
      const [input, other] = [left!, right!].map((operand) => call.context.builder.byteTypeOf(operand));
      if (!input || !other) return fail(call, "an operand is not quantised; quantise the whole network");
      const output = outputType(call, input);
      const body = make({ name: place(call), input, output, ...(clamp && { clamp }) }, other);
      return emitBytes(call, body, [left!, right!], output);
    },
  };
}

function isLarger(a: Activation, b: Activation): boolean {
  return countElements(a.shape) > countElements(b.shape);
}

/** `slope`: the parameter that holds the function's own, if it has one. */
function byTable(fn: ActivationFunction, parameters: Operator["parameters"], slope?: string): Operator {
  return {
    parameters,
    run: (call) => {
      const input = bytesOf(call, "input");
      const output = outputType(call, input);
      const parameter = slope === undefined ? [] : [float(call, slope)];
      const body = int8Activation(fn, Float32Array.from(parameter), input, output);
      return emitBytes(call, body, [activation(call, "input")], output);
    },
  };
}

const output: Operator["parameters"] = { scale: required, zero_point: required };

/** `cat` of operands brought to one quantisation: the call's, or where it says none the first operand's. */
function concatenate(clamp?: Operator): Operator {
  return {
    parameters: { tensors: required, dim: 0, scale: null, zero_point: null },
    run: (call) => {
      const operands = (sequenceItems(call.args.tensors) ?? []).filter((item) => isValue(item, "activation"));
      const [first] = operands.map((operand) => call.context.builder.byteTypeOf(operand));
      if (!first) return fail(call, "its first operand is not quantised; quantise the whole network");
      const type = call.args.scale === null ? first : outputType(call, first);
      const tensors = listOf(operands.map((operand) => requantize(call, operand, type)));
      const joined = structures.cat!.run({ ...call, args: { tensors, dim: call.args.dim! } });
      return clamp ? clamp.run({ ...call, args: { input: joined } }) : joined;
    },
  };
}

export const quantizedOperators: Readonly<Record<string, Operator>> = {
  quantize_per_tensor: quantize,
  dequantize,
  "quantized.add": binary(int8Add),
  "quantized.add_relu": binary(int8Add, reluClamp),
  "quantized.mul": binary(int8Mul),
  "quantized.mul_relu": binary(int8Mul, reluClamp),
  "quantized.cat": concatenate(),
  "quantized.cat_relu": concatenate(activations.relu),
  "quantized.relu6": activations.relu6!,
  "quantized.hardswish": byTable("hardswish", { input: required, ...output }),
  "quantized.sigmoid": byTable("sigmoid", { input: required, ...output }),
  "quantized.leaky_relu": byTable(
    "leakyRelu",
    { input: required, negative_slope: required, inplace: false, ...output },
    "negative_slope",
  ),
  "quantized.elu": byTable("elu", { input: required, ...output, alpha: 1 }, "alpha"),
};

function requantize(call: OperatorCall, input: Activation, type: ByteType): Activation {
  const own = call.context.builder.byteTypeOf(input);
  if (!own) return fail(call, "an operand is not quantised; quantise the whole network");
  if (isSameByteType(own, type)) return input;
  return emitBytes({ ...call, operation: "requantize" }, int8Requantize(own, type), [input], type);
}
