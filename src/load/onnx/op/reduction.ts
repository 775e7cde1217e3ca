/** Means, sums and maxima over dimensions. */
import { reductions as ofPyTorch } from "../../aten/reduction.ts";
import { listOf } from "../../value.ts";
import {
  activationInput,
  dimensionOf,
  integerAttribute,
  integersOf,
  notAcrossBatch,
  type OnnxCall,
  type OnnxOperator,
} from "../call.ts";
import type { OnnxValue } from "../value.ts";
import { foldReduction } from "./known.ts";

const add = (a: number, b: number): number => a + b;

export const reductions: Readonly<Record<string, OnnxOperator>> = {
  ReduceMean: {
    run: (call) => reduce(call, "mean"),
    fold: foldReduction(0, add, (total, count) => total / count),
  },
  ReduceSum: { run: (call) => reduce(call, "sum"), fold: foldReduction(0, add) },
  ReduceMax: { run: (call) => reduce(call, "amax"), fold: foldReduction(-Infinity, Math.max) },
};

function reduce(given: OnnxCall, name: "mean" | "sum" | "amax"): OnnxValue {
  const call = { ...given, operation: name };
  const input = activationInput(call, 0);
  const rank = input.shape.length;
  const axes = integersOf(call, 1, "axes") ?? [];
  if (axes.length === 0 && integerAttribute(call, "noop_with_empty_axes", 0) === 1) return input;
  const dims = axes.length === 0 ? [...Array(rank).keys()] : axes.map((dim) => dimensionOf(call, dim, rank));
  for (const dim of dims) notAcrossBatch(call, dim);
  const keepdim = integerAttribute(call, "keepdims", 1) === 1;
  return ofPyTorch[name]!.run({
    ...call,
    args: { input, dim: listOf(dims), keepdim, dtype: null },
  }) as OnnxValue;
}
