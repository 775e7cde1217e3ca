/** Gemm and MatMul with saved weights: linear layers, or 1×1 convolutions where there are several rows of features. */
import { sideBySide } from "../../aten/pooling.ts";
import { channelsAt } from "../../aten/forms.ts";
import { emit, fail, refuse } from "../../aten/operator.ts";
import { imageOf } from "../../layout.ts";
import type { Activation } from "../../value.ts";
import { broadcastShape, transposeArray } from "../array.ts";
import {
  activationInput,
  arrayInput,
  floatAttribute,
  floatsOf,
  integerAttribute,
  notAcrossBatch,
  optionalArray,
  type OnnxCall,
  type OnnxOperator,
} from "../call.ts";
import type { ArrayValue, OnnxValue } from "../value.ts";
import { addConstant } from "./affine.ts";
import { combine } from "./arithmetic.ts";

export const linears: Readonly<Record<string, OnnxOperator>> = {
  Gemm: { run: multiplyAdd },
  MatMul: { run: multiply },
};

function multiply(given: OnnxCall): OnnxValue {
  const call = { ...given, operation: "linear" };
  const [left, right] = call.inputs;
  if (left?.kind === "array") return multiplyLeft(call, left);
  if (right?.kind !== "array")
    return refuse(call, "a product of two activations is not supported; only input × weight is");
  const weight = withoutLeadingOnes(right);
  if (weight.shape.length !== 2)
    return refuse(call, `its weight has shape ${right.shape.join("x")}; only 2 dimensions are supported`);
  const input = activationInput(call, 0);
  return contract(call, input, input.shape.length - 1, transposeArray(weight, [1, 0]));
}

/** (M, K) × (K, N): every column of the activation by the weight. */
function multiplyLeft(call: OnnxCall, weight: ArrayValue): OnnxValue {
  const input = activationInput(call, 1);
  if (weight.shape.length !== 2 || input.shape.length !== 2)
    return refuse(
      call,
      `multiplies ${weight.shape.join("x")} by ${input.shape.join("x")}; only input × weight is supported`,
    );
  notAcrossBatch(call, 0);
  return contract(call, input, 0, weight);
}

function withoutLeadingOnes(array: ArrayValue): ArrayValue {
  const skip = array.shape.slice(0, -2).findIndex((extent) => extent !== 1);
  const shape = array.shape.slice(skip < 0 ? -2 : 0);
  const { scales } = array;
  const moved = array.shape.length - shape.length;
  return { ...array, shape, ...(scales && { scales: { ...scales, axis: scales.axis - moved } }) };
}

function multiplyAdd(given: OnnxCall): OnnxValue {
  const call = { ...given, operation: "linear" };
  const [alpha, beta] = [floatAttribute(call, "alpha", 1), floatAttribute(call, "beta", 1)];
  const [transA, transB] = [integerAttribute(call, "transA", 0), integerAttribute(call, "transB", 0)];
  const right = arrayInput(call, 1, "weight");
  const input = activationInput(call, 0);
  if (right.shape.length !== 2 || input.shape.length !== 2)
    return fail(
      call,
      `multiplies ${input.shape.join("x")} by ${right.shape.join("x")}; both need 2 dimensions, put a Flatten before it`,
    );
  if (transA) notAcrossBatch(call, 0);
  const at = transA ? { ...input, shape: input.shape.toReversed(), axes: input.axes.toReversed() } : input;
  const weight = scaled(transB ? right : transposeArray(right, [1, 0]), alpha);
  if (call.inputs[2]?.kind === "activation" && beta === 1)
    return combine({ ...call, operation: "add" }, "add", contract(call, at, 1, weight), call.inputs[2]);
  const addend = optionalArray(call, 2, "bias");
  const bias = addend && beta !== 0 ? scaled(addend, beta) : undefined;
  const result = contract(call, at, 1, weight, bias);
  const isAdded = !bias || isVectorOf(bias, weight.shape[0]!);
  return isAdded || result.kind !== "activation"
    ? result
    : addConstant({ ...call, operation: "add" }, result, bias);
}

function scaled(array: ArrayValue, factor: number): ArrayValue {
  if (factor === 1) return array;
  const { scales } = array;
  const data = Float32Array.from(array.data, (x) => x * factor);
  return {
    ...array,
    data,
    ...(scales && { scales: { ...scales, values: scales.values.map((x) => x * factor) } }),
  };
}

/** Whether it is one number, or one an output. */
function isVectorOf(bias: ArrayValue, outputs: number): boolean {
  return broadcastShape(bias.shape, [1, outputs])?.join() === `1,${outputs}`;
}

/**
 * Replaces dimension `dim` of the input, of K features, by OUT sums of them.
 *
 * @param weight (OUT, K).
 */
function contract(
  call: OnnxCall,
  input: Activation,
  dim: number,
  weight: ArrayValue,
  bias?: ArrayValue,
): OnnxValue {
  const [out, features] = weight.shape as [number, number];
  if (input.shape[dim] !== features)
    return fail(
      call,
      `its weights are for ${features} features, its input ${input.shape.join("x")} has ${input.shape[dim]}; check --input`,
    );
  if (out < 1 || features < 1) fail(call, `its weight ${out}x${features} is empty`);
  const at = channelsAt(call, input, dim);
  const { h, w } = imageOf(at);
  const data = floatsOf(call, weight);
  const { scales } = weight;
  if (scales && (scales.values.length === 1 || scales.axis === 0))
    call.context.quantizations.markWeights(data, scales.values);
  const addends = bias && isVectorOf(bias, out) ? floatsOf(call, bias) : undefined;
  const constants = {
    weight: { shape: [out, 1, 1, features], data },
    bias: {
      shape: [out],
      data: Float32Array.from({ length: out }, (_, i) => addends?.[addends.length === 1 ? 0 : i] ?? 0),
    },
  };
  if (h === 1 && w === 1) return emit(call, { kind: "linear", ...constants }, [at]);
  const rows = { ...call, operation: "conv2d" };
  return emit(rows, { kind: "conv2d", window: sideBySide([1, 1]), groups: 1, ...constants }, [at]);
}
