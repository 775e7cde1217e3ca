/** Activations that limit their input: ReLU, ReLU6, hardtanh, clamp; and dropout, which does nothing in evaluation. */
import type { Value } from "../value.ts";
import { activation, flag, float } from "./arguments.ts";
import { trainingAdvice } from "./normalization.ts";
import { emit, inPlace, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall } from "./operator.ts";

const relu: Operator = { parameters: { input: required }, run: (call) => limit(call, 0, Infinity) };
const relu6: Operator = { parameters: { input: required }, run: (call) => limit(call, 0, 6) };

const hardtanh: Operator = {
  parameters: { input: required, min_val: -1, max_val: 1 },
  run: (call) => limit(call, float(call, "min_val"), float(call, "max_val")),
};

const clamp: Operator = {
  parameters: { input: required, min: null, max: null },
  run: (call) => {
    const bound = (name: string, open: number): number =>
      call.args[name] === null ? open : float(call, name);
    return limit(call, bound("min", -Infinity), bound("max", Infinity));
  },
};

const clampMin: Operator = {
  parameters: { input: required, min: required },
  run: (call) => limit(call, float(call, "min"), Infinity),
};

const clampMax: Operator = {
  parameters: { input: required, max: required },
  run: (call) => limit(call, -Infinity, float(call, "max")),
};

/** `dropout`, `feature_dropout` (Dropout2d) and the alpha forms have one schema. */
const dropout: Operator = {
  parameters: { input: required, p: 0.5, train: required },
  run: (call) =>
    flag(call, "train") ? refuse(call, `active dropout: the model ${trainingAdvice}`) : passOn(call),
};

const copy: Operator = { parameters: { input: required, memory_format: null }, run: passOn };

const forms: Readonly<Record<string, Operator>> = {
  relu,
  relu6,
  hardtanh,
  clamp,
  clamp_min: clampMin,
  clamp_max: clampMax,
  dropout,
  feature_dropout: dropout,
  alpha_dropout: dropout,
  feature_alpha_dropout: dropout,
};

export const activations: Readonly<Record<string, Operator>> = {
  ...forms,
  ...Object.fromEntries(Object.entries(forms).map(([name, operator]) => [`${name}_`, inPlace(operator)])),
  contiguous: copy,
  detach: copy,
  clone: copy,
};

function limit(call: OperatorCall, min: number, max: number): Value {
  const input = activation(call, "input");
  if (!(min <= max)) return refuse(call, `limits its input to [${min}, ${max}], which is empty`);
  return emit(call, { kind: "clamp", clamp: { min, max } }, [input], input.shape);
}

function passOn(call: OperatorCall): Value {
  const input = activation(call, "input");
  return emit(call, { kind: "identity" }, [input], input.shape);
}
