/**
 * A node of the ONNX graph as operators see it: PyTorch's operator call, so that what is said about forms, names and
 * refusals is said once, with typed access to the node's attributes and inputs.
 */
import { CompileError } from "../../error.ts";
import { fail, type OperatorCall, type OperatorContext } from "../aten/operator.ts";
import { countElements } from "../tensor.ts";
import type { Activation } from "../value.ts";
import type { NodeProto } from "./model-proto.ts";
import type { Origins } from "./op/origins.ts";
import type { Quantizations } from "./quantizations.ts";
import { describeOnnxValue, isArray, type ArrayValue, type OnnxValue } from "./value.ts";

export interface OnnxContext extends OperatorContext {
  /** What the file says of bytes: the types of tensors and the scales of weights. */
  readonly quantizations: Quantizations;
  readonly origins: Origins;
  /** The file's own batch where it is more than 1 and read as 1; else 1. */
  readonly batch: number;
  /** Remembers weights that are not float32 or not numbers. */
  readonly noteWeight: (array: ArrayValue) => void;
  /** Remembers what the user should know of a network that loads. */
  readonly note: (sentence: string) => void;
  /** Takes `elements` from what weights and computed constants may hold in all. */
  readonly spend: (elements: number) => void;
}

export interface OnnxCall extends OperatorCall {
  readonly node: NodeProto;
  readonly opset: number;
  /** Undefined where the node leaves an input out. */
  readonly inputs: readonly (OnnxValue | undefined)[];
  readonly context: OnnxContext;
}

export interface OnnxOperator {
  /** Where every input is a known array. */
  readonly fold?: (
    call: OnnxCall,
    inputs: readonly (ArrayValue | undefined)[],
  ) => OnnxValue | readonly OnnxValue[];
  readonly run?: (call: OnnxCall) => OnnxValue | readonly OnnxValue[];
}

export function activationInput(call: OnnxCall, index: number): Activation {
  const value = call.inputs[index];
  if (value?.kind === "activation") return value;
  return fail(
    call,
    `input ${index} is ${describeOnnxValue(value)}, expected a tensor that depends on the network's input`,
  );
}

export function arrayInput(call: OnnxCall, index: number, what: string): ArrayValue {
  const value = call.inputs[index];
  if (value?.kind === "array") return value;
  return fail(
    call,
    `its ${what} is ${describeOnnxValue(value)}, expected numbers that are saved in the file`,
  );
}

export function optionalArray(call: OnnxCall, index: number, what: string): ArrayValue | undefined {
  return call.inputs[index] === undefined ? undefined : arrayInput(call, index, what);
}

/** The one number of an array of one element. */
export function scalarInput(call: OnnxCall, index: number, what: string): number | undefined {
  const array = optionalArray(call, index, what);
  if (array === undefined) return undefined;
  return array.data.length === 1
    ? array.data[0]
    : fail(call, `its ${what} has ${array.data.length} values, expected one`);
}

/** An input of later operator sets that was an attribute of earlier ones. */
export function integersOf(call: OnnxCall, index: number, name: string): readonly number[] | undefined {
  const array = optionalArray(call, index, name);
  if (array) return Array.from(array.data);
  return call.node.attributes.get(name)?.integers;
}

export function integerAttribute(call: OnnxCall, name: string, fallback: number): number {
  return call.node.attributes.get(name)?.integer ?? fallback;
}

export function floatAttribute(call: OnnxCall, name: string, fallback: number): number {
  return call.node.attributes.get(name)?.float ?? fallback;
}

export function textAttribute(call: OnnxCall, name: string, fallback: string): string {
  return call.node.attributes.get(name)?.text ?? fallback;
}

/** Whole numbers, exactly `length` of them, none below `least`. */
export function integersAttribute(
  call: OnnxCall,
  name: string,
  length: number,
  least: number,
  fallback: number,
): readonly number[] {
  const given = call.node.attributes.get(name)?.integers;
  if (given === undefined || given.length === 0) return new Array<number>(length).fill(fallback);
  if (given.length === length && given.every((value) => Number.isSafeInteger(value) && value >= least))
    return given;
  return fail(
    call,
    `${name} is [${given.join(", ")}], expected ${length} whole numbers of at least ${least}`,
  );
}

/** ONNX counts negative dimensions from the end. */
export function dimensionOf(call: OnnxCall, value: number, rank: number): number {
  const dim = value < 0 ? value + rank : value;
  return Number.isInteger(dim) && dim >= 0 && dim < Math.max(rank, 1)
    ? dim
    : fail(call, `dimension ${value} of a tensor with ${rank}`);
}

/** Refuses what would mix the items of a batch that is read as one. */
export function notAcrossBatch(call: OnnxCall, dim: number): void {
  const { batch } = call.context;
  if (dim !== 0 || batch === 1 || call.inputs.every((value) => value === undefined || isArray(value))) return;
  fail(call, `works across the batch of ${batch}; save the model with a batch of 1`);
}

/** A weight in float32, remembered for notes and problems. */
export function floatsOf(call: OnnxCall, array: ArrayValue): Float32Array {
  call.context.noteWeight(array);
  call.context.spend(array.data.length);
  return array.data instanceof Float32Array ? array.data : Float32Array.from(array.data);
}

const mostFolded = 1 << 24;

/** Refuses to compute constants no network needs. */
export function affordable(call: OnnxCall, shape: readonly number[]): readonly number[] {
  const count = countElements(shape);
  const isPossible =
    shape.length <= 16 && shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (!isPossible || count > mostFolded)
    throw new CompileError(
      `${call.operation}: makes a constant of ${shape.join("x")}; too large to be computed here`,
    );
  call.context.spend(count);
  return shape;
}
