/** Typed access to the arguments of an operator's call; a value of the wrong type is the file's fault. */
import { permuteTensor } from "../tensor.ts";
import { describeValue, isValue, sequenceItems } from "../value.ts";
import type { Activation, ConstantTensor, Value } from "../value.ts";
import { fail } from "./operator.ts";
import type { OperatorCall } from "./operator.ts";
import type { Constant, Pair } from "../../graph/graph.ts";

/** A tensor that depends on the input, and that no operation in place has changed behind its back. */
export function activation(call: OperatorCall, name: string): Activation {
  const value = call.args[name];
  if (!isValue(value, "activation"))
    return fail(call, `${name} is ${describeValue(value)}, expected an activation`);
  if (value.version !== value.memory.version) {
    fail(call, `${name} is a view of a tensor changed in place since; write inplace=False in the model`);
  }
  return value;
}

/** A number, a truth value as 0 or 1, or a saved tensor of one element. */
export function scalar(call: OperatorCall, name: string): number | undefined {
  const value = call.args[name];
  if (typeof value === "number" || typeof value === "boolean") return Number(value);
  const isScalar = isValue(value, "constant") && value.tensor.size.every((extent) => extent === 1);
  return isScalar ? call.context.weights.readScalar(value.tensor, value.name) : undefined;
}

/** A weight, in PyTorch's order of dimensions. */
export function constant(call: OperatorCall, name: string): ConstantTensor {
  const value = call.args[name];
  if (isValue(value, "constant")) return value;
  return fail(call, `${name} is ${describeValue(value)}, expected a weight that is saved in the file`);
}

/** The numbers of a weight, its dimensions in another order. */
export function permuted(
  call: OperatorCall,
  weight: ConstantTensor,
  order: readonly number[],
): Constant<Float32Array> {
  const tensor = permuteTensor(weight.tensor, order);
  return { shape: tensor.size, data: call.context.weights.read(tensor, weightName(call, weight)) };
}

/** A vector of `length` numbers, or as many times `fallback` where the model has None. */
export function vector(call: OperatorCall, name: string, length: number, fallback: number): Float32Array {
  if (call.args[name] === null) return new Float32Array(length).fill(fallback);
  const weight = constant(call, name);
  const { size } = weight.tensor;
  if (size.length !== 1 || size[0] !== length) {
    fail(call, `${name} has shape ${size.join("x") || "scalar"}, expected ${length}`);
  }
  return call.context.weights.read(weight.tensor, weightName(call, weight));
}

function weightName(call: OperatorCall, weight: ConstantTensor): string {
  return weight.name.startsWith("CONSTANTS.") ? `${weight.name} of ${call.operation}` : weight.name;
}

export function integer(call: OperatorCall, name: string): number {
  const value = call.args[name];
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  return fail(call, `${name} is ${describeValue(value)}, expected a whole number`);
}

export function float(call: OperatorCall, name: string): number {
  const value = call.args[name];
  return typeof value === "number"
    ? value
    : fail(call, `${name} is ${describeValue(value)}, expected a number`);
}

export function flag(call: OperatorCall, name: string): boolean {
  const value = call.args[name];
  return typeof value === "boolean"
    ? value
    : fail(call, `${name} is ${describeValue(value)}, expected True or False`);
}

export function integers(call: OperatorCall, name: string): readonly number[] {
  const items = sequenceItems(call.args[name]);
  if (!items?.every(isInteger))
    return fail(call, `${name} is ${describeValue(call.args[name])}, expected whole numbers`);
  return items;
}

/**
 * One number for both, or [height, width]; none of them below `least`. Of an operator over 1 dimension it is one
 * number, and the width, which such a tensor has not, takes `least`.
 */
export function pair(call: OperatorCall, name: string, least: number, dimensions: 1 | 2 = 2): Pair {
  const value = call.args[name];
  const items = typeof value === "number" ? [value] : integers(call, name);
  const [height, width] = [items[0], dimensions === 1 ? least : (items[1] ?? items[0])];
  const isPair =
    items.length <= dimensions && isInteger(height) && isInteger(width) && height >= least && width >= least;
  const expected = dimensions === 2 ? "[height, width]" : "a number";
  return isPair
    ? [height, width]
    : fail(call, `${name} is ${describeValue(value)}, expected ${expected} of at least ${least}`);
}

function isInteger(value: Value | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

/** PyTorch counts negative dimensions from the end. */
export function axis(call: OperatorCall, value: number, rank: number): number {
  const index = value < 0 ? value + rank : value;
  return index >= 0 && index < Math.max(rank, 1)
    ? index
    : fail(call, `dimension ${value} of a tensor with ${rank}`);
}
