/** Functions of single numbers, and softmax. */
import type { ActivationFunction } from "../../../graph/graph.ts";
import { channelsAt, reshapeTo } from "../../aten/forms.ts";
import { emit, fail, refuse } from "../../aten/operator.ts";
import { countElements } from "../../tensor.ts";
import type { Activation } from "../../value.ts";
import { makeArray } from "../array.ts";
import {
  activationInput,
  arrayInput,
  dimensionOf,
  floatAttribute,
  integerAttribute,
  notAcrossBatch,
  scalarInput,
  type OnnxCall,
  type OnnxOperator,
} from "../call.ts";
import type { ArrayValue, OnnxValue } from "../value.ts";
import { affine, align, misfit, restore } from "./affine.ts";
import { foldEach } from "./known.ts";

const relu: OnnxOperator = {
  fold: foldEach((x) => Math.max(x, 0)),
  run: (call) => limit({ ...call, operation: "relu" }, 0, Infinity),
};

const clip: OnnxOperator = {
  fold: foldEach((x, call) => {
    const { min, max } = clipLimits(call);
    return Math.min(Math.max(x, min), max);
  }),
  run: (call) => {
    const { min, max } = clipLimits(call);
    return limit(call, min, max);
  },
};

/** With a known array: a clamp from below or above. */
function bound(isMin: boolean): OnnxOperator {
  return {
    run: (call) => {
      const [input, array] =
        call.inputs[0]?.kind === "array" ? [call.inputs[1], call.inputs[0]] : call.inputs;
      if (call.inputs.length === 1 && input) return input;
      if (
        call.inputs.length !== 2 ||
        input?.kind !== "activation" ||
        array?.kind !== "array" ||
        array.data.length !== 1
      )
        return refuse(call, "is supported with one constant only; use ReLU or clamp");
      const value = array.data[0]!;
      return emit(
        call,
        { kind: "clamp", clamp: isMin ? { min: -Infinity, max: value } : { min: value, max: Infinity } },
        [input],
      );
    },
  };
}

const hardSigmoid: OnnxOperator = {
  run: (given) => {
    const call = { ...given, operation: "hardsigmoid" };
    const [alpha, beta] = [floatAttribute(call, "alpha", 0.2), floatAttribute(call, "beta", 0.5)];
    if (Math.abs(alpha - 1 / 6) < 1e-6 && beta === 0.5) return apply(call, "hardsigmoid");
    const input = activationInput(call, 0);
    const slope = { input, vector: Float32Array.of(alpha), shape: input.shape };
    const line = affine(
      call,
      slope,
      () => alpha,
      () => beta,
    );
    return line.kind === "activation"
      ? emit(call, { kind: "clamp", clamp: { min: 0, max: 1 } }, [line])
      : line;
  },
};

const prelu: OnnxOperator = {
  run: (given) => {
    const call = { ...given, operation: "prelu" };
    const input = activationInput(call, 0);
    const slope = channelSlope(call, input, arrayInput(call, 1, "slope"));
    const aligned = align(call, input, slope);
    if (!aligned) return misfit(call, input, slope);
    const body = { kind: "activation", fn: "prelu", parameter: aligned.vector } as const;
    return restore(call, emit(call, body, [aligned.input]), aligned);
  },
};

export const activations: Readonly<Record<string, OnnxOperator>> = {
  Relu: relu,
  Clip: clip,
  Min: bound(true),
  Max: bound(false),
  LeakyRelu: {
    run: (call) =>
      apply({ ...call, operation: "leaky_relu" }, "leakyRelu", floatAttribute(call, "alpha", 0.01)),
  },
  Elu: { run: (call) => apply(call, "elu", floatAttribute(call, "alpha", 1)) },
  Sigmoid: { run: (call) => apply(call, "sigmoid") },
  Tanh: { run: (call) => apply(call, "tanh") },
  HardSigmoid: hardSigmoid,
  HardSwish: { run: (call) => apply({ ...call, operation: "hardswish" }, "hardswish") },
  PRelu: prelu,
  Softmax: { run: (call) => softmax(call, false) },
  LogSoftmax: { run: (call) => softmax({ ...call, operation: "log_softmax" }, true) },
};

function apply(call: OnnxCall, fn: ActivationFunction, ...parameter: number[]): Activation {
  const input = activationInput(call, 0);
  const result = emit(call, { kind: "activation", fn, parameter: Float32Array.from(parameter) }, [input]);
  call.context.origins.set(result.tensor, { fn, input: input.tensor });
  return result;
}

function clipLimits(call: OnnxCall): { min: number; max: number } {
  if (call.opset < 11)
    return { min: floatAttribute(call, "min", -Infinity), max: floatAttribute(call, "max", Infinity) };
  return { min: scalarInput(call, 1, "min") ?? -Infinity, max: scalarInput(call, 2, "max") ?? Infinity };
}

function limit(call: OnnxCall, min: number, max: number): OnnxValue {
  if (!(min <= max)) return refuse(call, `limits its input to [${min}, ${max}], which is empty`);
  return emit(call, { kind: "clamp", clamp: { min, max } }, [activationInput(call, 0)]);
}

/** Before opset 7 a vector of slopes lies along the channels, dimension 1. */
function channelSlope(call: OnnxCall, input: Activation, slope: ArrayValue): ArrayValue {
  if (call.opset >= 7 || slope.shape.length !== 1 || slope.data.length === 1) return slope;
  const after = new Array<number>(Math.max(input.shape.length - 2, 0)).fill(1);
  return makeArray(slope.name, slope.type, [slope.shape[0]!, ...after], slope.data);
}

/** From opset 13 over one dimension; before, over all dimensions from `axis` on together. */
function softmax(call: OnnxCall, log: boolean): OnnxValue {
  const input = activationInput(call, 0);
  const { shape } = input;
  const dim = dimensionOf(call, integerAttribute(call, "axis", call.opset >= 13 ? -1 : 1), shape.length);
  notAcrossBatch(call, dim);
  const rest = countElements(shape.slice(dim + 1));
  if (call.opset >= 13 || rest === 1)
    return emit(call, { kind: "softmax", log }, [channelsAt(call, input, dim)]);
  const together = reshapeTo({ ...call, operation: "flatten" }, input, [
    ...shape.slice(0, dim),
    shape[dim]! * rest,
  ]);
  if (typeof together !== "object" || together?.kind !== "activation")
    return fail(call, `over ${shape.slice(dim).join("x")} together is not supported`);
  const result = emit(call, { kind: "softmax", log }, [channelsAt(call, together, dim)]);
  return reshapeTo({ ...call, operation: "reshape" }, result, shape) as OnnxValue;
}
