/**
 * What an operator of PyTorch is to the evaluator: its parameters with their defaults, in the order of PyTorch's own
 * schema, because TorchScript drops trailing defaults; and what a call of it adds to the graph.
 */
import { CompileError } from "../../error.ts";
import type { GraphBuilder, NodeBody } from "../graph-builder.ts";
import type { Form } from "../layout.ts";
import { unknownValue } from "../value.ts";
import type { Activation, Caller, Unknown, Value } from "../value.ts";
import type { WeightReader } from "../weights.ts";

export const required: unique symbol = Symbol("required");

export type Parameters = Readonly<Record<string, Value | typeof required>>;

export interface Operator {
  readonly parameters: Parameters;
  /** Whether it can answer although an argument is unknown. */
  readonly acceptsUnknown?: boolean;
  readonly run: (call: OperatorCall) => Value;
}

/** What the evaluator shares with the operators. */
export interface OperatorContext {
  readonly builder: GraphBuilder;
  readonly weights: WeightReader;
  /** Keeps a problem and lets evaluation go on. */
  readonly report: (problem: Problem) => void;
}

export interface Problem {
  /** Name of the entry, and line. */
  readonly source: string;
  readonly sentence: string;
  /** Told only where an output is unknown and nothing else says why. */
  readonly isMinor?: boolean;
}

export interface OperatorCall {
  readonly operation: string;
  readonly args: Readonly<Record<string, Value>>;
  readonly frame: Caller;
  /** Where in the archive the call is written, e.g. `code/__torch__/net.py:12`. */
  readonly source: string;
  readonly context: OperatorContext;
}

/** What messages call the layer: module path and operation. */
export function place(call: OperatorCall): string {
  const { path } = call.frame.module;
  if (path === call.operation || path.endsWith(`.${call.operation}`)) return path;
  return path === "" ? call.operation : `${path} ${call.operation}`;
}

/** Something no shape would make right: kept, so that the rest of the model is still looked at. */
export function refuse(call: OperatorCall, reason: string): Unknown {
  call.context.report({ source: call.source, sentence: `${place(call)}: ${reason} (${call.source})` });
  return unknownValue;
}

/** Something that matters only if an output depends on it. */
export function doubt(call: OperatorCall, reason: string): Unknown {
  const sentence = `${place(call)}: ${reason} (${call.source})`;
  call.context.report({ source: call.source, sentence, isMinor: true });
  return unknownValue;
}

/** Something that makes the rest meaningless, usually a wrong `--input`. */
export function fail(call: OperatorCall, reason: string): never {
  throw new CompileError(`${place(call)}: ${reason}`);
}

/** Adds a node named after the call. Its dimensions are those of its first input, unless it has another `form`. */
export function emit(
  call: OperatorCall,
  body: NodeBody,
  inputs: readonly Activation[],
  form?: Form,
): Activation {
  return call.context.builder.emit({ ...call, place: place(call) }, body, inputs, form);
}

/**
 * The in-place form: `relu_` is `relu` whose result replaces its first argument everywhere that tensor is known.
 * Older views of the same memory become stale.
 */
export function inPlace(operator: Operator): Operator {
  const first = Object.keys(operator.parameters)[0]!;
  const run = (call: OperatorCall): Value => {
    const result = operator.run(call);
    const receiver = call.args[first];
    const isSame = typeof receiver === "object" && receiver !== null && receiver.kind === "activation";
    if (!isSame || typeof result !== "object" || result === null || result.kind !== "activation")
      return result;
    if (result.shape.join() !== receiver.shape.join()) return result;
    receiver.memory.version += 1;
    receiver.version = receiver.memory.version;
    receiver.tensor = result.tensor;
    receiver.axes = result.axes;
    return receiver;
  };
  return { ...operator, run };
}
