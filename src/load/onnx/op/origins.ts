/** Products that are one function of PyTorch: x × sigmoid(x) is SiLU, x × hardsigmoid(x) is hardswish. */
import type { ActivationFunction } from "../../../graph/graph.ts";
import { emit } from "../../aten/operator.ts";
import type { Activation } from "../../value.ts";
import type { OnnxCall } from "../call.ts";

/** Which tensor a function was applied to, by the tensor it gave. */
export type Origins = Map<number, { readonly fn: ActivationFunction; readonly input: number }>;

const products: Partial<Record<ActivationFunction, ActivationFunction>> = {
  sigmoid: "silu",
  hardsigmoid: "hardswish",
};

export function fusedProduct(call: OnnxCall, left: Activation, right: Activation): Activation | undefined {
  return fuse(call, left, right) ?? fuse(call, right, left);
}

function fuse(call: OnnxCall, input: Activation, factor: Activation): Activation | undefined {
  const origin = call.context.origins.get(factor.tensor);
  const fn = origin && products[origin.fn];
  const isSame =
    origin?.input === input.tensor &&
    factor.axes.join() === input.axes.join() &&
    factor.shape.join() === input.shape.join();
  if (!fn || !isSame) return undefined;
  return emit({ ...call, operation: fn }, { kind: "activation", fn, parameter: new Float32Array(0) }, [
    input,
  ]);
}
