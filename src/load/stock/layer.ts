/**
 * PyTorch's own layers by the names of `torch.nn`: their options, their weights, and which operator they call. Used
 * where a file tells layers but has no program: whole-module pickles and architecture files.
 */
import { CompileError } from "../../error.ts";
import { required } from "../aten/operator.ts";
import type { OperatorCall } from "../aten/operator.ts";
import { findOperator } from "../aten/table.ts";
import { listOf, sequenceItems, unknownValue } from "../value.ts";
import type { Value } from "../value.ts";

export type Options = Readonly<Record<string, Value>>;

/** PyTorch's shape of a weight; null where no option says it. */
export interface WeightShape {
  readonly name: string;
  readonly shape: readonly (number | null)[];
}

/** One use of a layer: where it is called from, what it is given. */
export interface LayerCall {
  /** Without arguments and operation, which the layer knows. */
  readonly base: Omit<OperatorCall, "args" | "operation">;
  readonly options: Options;
  /** By name; null where the layer has none. */
  readonly weights: Options;
  readonly input: Value;
}

export interface StockLayer {
  /** Of the constructor, in its order, with PyTorch's defaults. */
  readonly options: Readonly<Record<string, Value | typeof required>>;
  readonly weights: (options: Options) => readonly WeightShape[];
  readonly run: (layer: LayerCall) => Value;
}

/** Calls an operator with arguments by name; those it does not take are left out, those left out take their defaults. */
export function callOperator(base: LayerCall["base"], name: string, given: Options): Value {
  const operator = findOperator(name);
  if (!operator) throw new CompileError(`${base.frame.module.path}: torch.${name} is not supported`);
  const args: Record<string, Value> = {};
  for (const [parameter, fallback] of Object.entries(operator.parameters)) {
    const value = given[parameter];
    args[parameter] =
      value !== undefined ? value : fallback === required ? unknownValue : (fallback as Value);
  }
  return operator.run({ ...base, operation: name, args });
}

/** A layer that is one operator, its options the operator's parameters. */
export function plain(operator: string, options: StockLayer["options"] = {}): StockLayer {
  return {
    options,
    weights: () => [],
    run: ({ base, options: given, weights, input }) =>
      callOperator(base, operator, { ...given, bias: null, ...weights, input }),
  };
}

/** One that gives a tuple, of which only the first counts. */
export function first(layer: StockLayer): StockLayer {
  const run = (call: LayerCall): Value => {
    const result = layer.run(call);
    return sequenceItems(result)?.[0] ?? result;
  };
  return { ...layer, run };
}

/** An option that is a number, or null where it is not given. */
export function count(options: Options, name: string): number | null {
  const value = options[name];
  return typeof value === "number" ? value : null;
}

/** One number for each of n, or a list of n. */
export function each(value: Value | undefined, dimensions: number): readonly (number | null)[] {
  const items = sequenceItems(value) ?? new Array<Value>(dimensions).fill(value ?? null);
  return items.map((item) => (typeof item === "number" ? item : null));
}

export function list(...items: readonly Value[]): Value {
  return listOf([...items]);
}
