/** Activations: limits, functions of each element, softmax; and what does nothing in evaluation, such as dropout. */
import type { ActivationFunction } from "../../graph/graph.ts";
import { isValue } from "../value.ts";
import type { Value } from "../value.ts";
import { activation, axis, constant, flag, float, integer, scalar } from "./arguments.ts";
import { channelsAt } from "./forms.ts";
import { trainingAdvice } from "./normalization.ts";
import { emit, fail, inPlace, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall, Parameters } from "./operator.ts";

const input: Parameters = { input: required };

const relu: Operator = { parameters: input, run: (call) => limit(call, 0, Infinity) };
const relu6: Operator = { parameters: input, run: (call) => limit(call, 0, 6) };

const hardtanh: Operator = {
  parameters: { ...input, min_val: -1, max_val: 1 },
  run: (call) => limit(call, float(call, "min_val"), float(call, "max_val")),
};

const clamp: Operator = {
  parameters: { ...input, min: null, max: null },
  run: (call) => limit(call, bound(call, "min", -Infinity), bound(call, "max", Infinity)),
};

const clampMin: Operator = {
  parameters: { ...input, min: required },
  run: (call) => limit(call, bound(call, "min", -Infinity), Infinity),
};

const clampMax: Operator = {
  parameters: { ...input, max: required },
  run: (call) => limit(call, -Infinity, bound(call, "max", Infinity)),
};

/** A function without parameters. */
function plain(fn: ActivationFunction): Operator {
  return { parameters: input, run: (call) => apply(call, fn, []) };
}

const leakyRelu: Operator = {
  parameters: { ...input, negative_slope: 0.01 },
  run: (call) => apply(call, "leakyRelu", [float(call, "negative_slope")]),
};

const elu: Operator = {
  parameters: { ...input, alpha: 1, scale: 1, input_scale: 1 },
  run: (call) =>
    call.args.scale === 1 && call.args.input_scale === 1
      ? apply(call, "elu", [float(call, "alpha")])
      : refuse(call, "elu with a scale (selu, celu) is not supported; use ELU"),
};

/** One slope, or one a channel, which is dimension 1. */
const prelu: Operator = {
  parameters: { ...input, weight: required },
  run: (call) => {
    const weight = constant(call, "weight");
    const slopes = call.context.weights.read(weight.tensor, weight.name);
    const x = activation(call, "input");
    if (slopes.length === 1) return emit(call, { kind: "activation", fn: "prelu", parameter: slopes }, [x]);
    const channels = x.shape[1] ?? fail(call, `its input ${x.shape.join("x")} has no channels`);
    if (slopes.length !== channels)
      fail(call, `its weight is for ${slopes.length} channels, its input has ${channels}; check --input`);
    return emit(call, { kind: "activation", fn: "prelu", parameter: slopes }, [channelsAt(call, x, 1)]);
  },
};

/** `softmax(x, dim, dtype)` over the dimension that holds the channels. */
function softmax(log: boolean): Operator {
  return {
    parameters: { ...input, dim: required, dtype: null },
    run: (call) => {
      const x = activation(call, "input");
      const dim = axis(call, integer(call, "dim"), x.shape.length);
      return emit(call, { kind: "softmax", log }, [channelsAt(call, x, dim)]);
    },
  };
}

/** `dropout`, `feature_dropout` (Dropout2d) and the alpha forms have one schema. */
const dropout: Operator = {
  parameters: { ...input, p: 0.5, train: required },
  run: (call) =>
    flag(call, "train") ? refuse(call, `active dropout: the model ${trainingAdvice}`) : passOn(call),
};

/** `to(x, dtype)`, `contiguous(x)` and the like: numbers are float32 throughout, and constants stay what they are. */
const copy: Operator = {
  parameters: { ...input, a: null, b: null, c: null, d: null, e: null, f: null, g: null },
  acceptsUnknown: true,
  run: (call) => (isValue(call.args.input, "activation") ? passOn(call) : call.args.input!),
};

const forms: Readonly<Record<string, Operator>> = {
  relu,
  relu6,
  hardtanh,
  clamp,
  clamp_min: clampMin,
  clamp_max: clampMax,
  leaky_relu: leakyRelu,
  prelu,
  elu,
  silu: plain("silu"),
  hardswish: plain("hardswish"),
  hardsigmoid: plain("hardsigmoid"),
  sigmoid: plain("sigmoid"),
  tanh: plain("tanh"),
  dropout,
  feature_dropout: dropout,
  alpha_dropout: dropout,
  feature_alpha_dropout: dropout,
};

export const activations: Readonly<Record<string, Operator>> = {
  ...forms,
  ...Object.fromEntries(Object.entries(forms).map(([name, operator]) => [`${name}_`, inPlace(operator)])),
  _prelu_kernel: prelu,
  softmax: softmax(false),
  _softmax: { ...softmax(false), parameters: { ...input, dim: required, half_to_float: false } },
  log_softmax: softmax(true),
  _log_softmax: { ...softmax(true), parameters: { ...input, dim: required, half_to_float: false } },
  contiguous: copy,
  detach: copy,
  detach_: copy,
  clone: copy,
  alias: copy,
  to: copy,
  type_as: copy,
  float: copy,
};

function bound(call: OperatorCall, name: string, open: number): number {
  if (call.args[name] === null) return open;
  return scalar(call, name) ?? float(call, name);
}

function limit(call: OperatorCall, min: number, max: number): Value {
  if (!(min <= max)) return refuse(call, `limits its input to [${min}, ${max}], which is empty`);
  return emit(call, { kind: "clamp", clamp: { min, max } }, [activation(call, "input")]);
}

function apply(call: OperatorCall, fn: ActivationFunction, parameter: readonly number[]): Value {
  const body = { kind: "activation", fn, parameter: Float32Array.from(parameter) } as const;
  return emit(call, body, [activation(call, "input")]);
}

function passOn(call: OperatorCall): Value {
  return emit(call, { kind: "identity" }, [activation(call, "input")]);
}
