/** Sums of activations. Sums of numbers are in `arithmetic.ts`. */
import { describeValue, isValue } from "../value.ts";
import type { Value } from "../value.ts";
import { activation } from "./arguments.ts";
import { emit, refuse } from "./operator.ts";
import type { OperatorCall } from "./operator.ts";

/** `add(input, other, alpha)` where at least one operand is a tensor. */
export function addTensors(call: OperatorCall): Value {
  const { input, other, alpha } = call.args;
  if (!isValue(input, "activation") || !isValue(other, "activation")) {
    return refuse(
      call,
      `adds ${describeValue(input)} and ${describeValue(other)}; only two activations can be added`,
    );
  }
  if (alpha !== 1) return refuse(call, "add with alpha is not supported; scale the weights instead");
  const operands = [activation(call, "input"), activation(call, "other")] as const;
  const [left, right] = operands;
  if (left.shape.join() !== right.shape.join()) {
    return refuse(
      call,
      `adds tensors of ${left.shape.join("x")} and ${right.shape.join("x")}; broadcasting is not supported`,
    );
  }
  return emit(call, { kind: "add" }, operands, left.shape);
}
