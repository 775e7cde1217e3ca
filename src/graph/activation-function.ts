/** What an activation makes of one number, in single precision: the same sequence of operations everywhere. */
import type { ActivationFunction } from "./graph.ts";
import { exp, tanh } from "./transcendental.ts";

const single = Math.fround;
const positive = (x: number): number => (x > 0 ? x : 0);
const negative = (x: number): number => (x < 0 ? x : 0);

/** @param parameter Slope or alpha; of no account to functions that have none. */
export function applyActivation(fn: ActivationFunction, x: number, parameter: number): number {
  switch (fn) {
    case "leakyRelu":
    case "prelu":
      return single(positive(x) + single(parameter * negative(x)));
    case "elu":
      return single(positive(x) + single(parameter * expm1(negative(x))));
    case "silu":
      return single(x / single(1 + exp(0 - x)));
    case "hardswish":
      return single(single(x * relu6(single(x + 3))) / 6);
    case "hardsigmoid":
      return single(relu6(single(x + 3)) / 6);
    case "sigmoid":
      return single(1 / single(1 + exp(0 - x)));
    case "tanh":
      return tanh(x);
    case "identity":
      return x;
  }
}

const relu6 = (x: number): number => Math.min(Math.max(x, 0), 6);

/** e^x − 1 = 2t / (1 − t) with t = tanh(x / 2): exact near 0, where e^x − 1 would cancel. */
function expm1(x: number): number {
  const t = tanh(single(x * 0.5));
  return single(single(t + t) / single(1 - t));
}
