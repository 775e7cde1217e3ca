/**
 * What an expression of TorchScript can be while the network is unrolled: numbers, lists and modules are concrete,
 * activations have only a shape. `Unknown` is the result of something that was refused; evaluation goes on past it so
 * that every problem of a model is found at once.
 */
import type { Axis, Form } from "./layout.ts";
import type { FunctionDefinition } from "./script-ast.ts";
import type { PickleTensor } from "./pickle-value.ts";

export type Value =
  | null
  | boolean
  | number
  | string
  | ListValue
  | TupleValue
  | ModuleValue
  | Activation
  | ConstantTensor
  | SplitView
  | PackedLayer
  | PathValue
  | RangeValue
  | Unknown;

export interface ListValue {
  readonly kind: "list";
  readonly items: Value[];
}

export interface TupleValue {
  readonly kind: "tuple";
  readonly items: readonly Value[];
}

/** An `nn.Module` of the file. */
export interface ModuleValue {
  readonly kind: "module";
  /** Path from the root, e.g. `features.0`; empty for the root. */
  readonly path: string;
  /** Where its class is defined, e.g. `__torch__.torch.nn.modules.conv.Conv2d`. */
  readonly type: string;
  readonly attributes: Map<string, Value>;
  /** Whether it holds no other module: what such a module computes is called by its path alone. */
  readonly isLeaf: boolean;
  /** What its `__getstate__` gave; `__setstate__` makes attributes of it when they are first asked for. */
  saved?: Value;
}

/** The numbers behind an activation and all its views; an operation in place makes every older view stale. */
export interface Memory {
  version: number;
}

/** A tensor that depends on the input. `shape` is PyTorch's, batch 1 first where there is a batch. */
export interface Activation extends Form {
  readonly kind: "activation";
  axes: readonly Axis[];
  readonly memory: Memory;
  /** Number of the tensor in the graph under construction; an operation in place replaces it. */
  tensor: number;
  version: number;
}

/**
 * An activation reshaped to more dimensions than an image has, until another reshape takes them together again: the
 * long way to write a pixel or channel shuffle.
 */
export interface SplitView {
  readonly kind: "split";
  readonly source: Activation;
  /** Extents after the reshape. */
  readonly shape: readonly number[];
  /** Dimension i is dimension `order[i]` of `shape`. */
  readonly order: readonly number[];
}

/** The extents of its dimensions, in their order. */
export function extentsOf({ shape, order }: SplitView): readonly number[] {
  return order.map((dim) => shape[dim]!);
}

/** A weight, read only when a layer asks for it. */
export interface ConstantTensor {
  readonly kind: "constant";
  readonly name: string;
  readonly tensor: PickleTensor;
}

/** Weight and bias of a quantised layer, as PyTorch packs them. */
export interface PackedLayer {
  readonly kind: "packed";
  readonly path: string;
  readonly weight: ConstantTensor;
  readonly bias: ConstantTensor | null;
  /** Of a convolution: integers, or a tensor of them; see `quantized/packed.ts`. */
  readonly window: Value;
}

/** `torch.conv2d`, `__torch__.torch.nn.functional.relu`, `CONSTANTS`: a name with dots, not yet looked up. */
export interface PathValue {
  readonly kind: "path";
  readonly path: string;
}

export interface RangeValue {
  readonly kind: "range";
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** `shape`: a size of an unknown tensor. `value`: numbers that only running the network would tell. */
export interface Unknown {
  readonly kind: "unknown";
  readonly origin: "shape" | "value";
}

export const unknownValue: Unknown = { kind: "unknown", origin: "value" };
export const unknownShape: Unknown = { kind: "unknown", origin: "shape" };

/** What calls an operator. */
export interface Caller {
  readonly module: Pick<ModuleValue, "path" | "isLeaf">;
  /** One object for one call of a module, shared by what it calls of itself and of free functions. */
  readonly call: object;
}

/** A function of the file being run, for names and messages. */
export interface Frame extends Caller {
  readonly module: ModuleValue;
  readonly definition: FunctionDefinition;
  readonly variables: Map<string, Value>;
  readonly depth: number;
}

type Tagged = Extract<Value, { readonly kind: string }>;

export function isValue<K extends Tagged["kind"]>(
  value: Value | undefined,
  kind: K,
): value is Extract<Tagged, { kind: K }> {
  return typeof value === "object" && value !== null && value.kind === kind;
}

export function isTensor(value: Value | undefined): value is Activation | ConstantTensor {
  return isValue(value, "activation") || isValue(value, "constant");
}

export function sequenceItems(value: Value | undefined): readonly Value[] | undefined {
  return isValue(value, "list") || isValue(value, "tuple") ? value.items : undefined;
}

export function listOf(items: Value[]): ListValue {
  return { kind: "list", items };
}

/** The unknown among the values or one level inside their lists, if there is one. */
export function findUnknown(values: readonly (Value | undefined)[]): Unknown | undefined {
  for (const value of values) {
    if (isValue(value, "unknown")) return value;
    const inside = sequenceItems(value)?.find((item) => isValue(item, "unknown"));
    if (isValue(inside, "unknown")) return inside;
  }
  return undefined;
}

/** How a message names a value. */
export function describeValue(value: Value | undefined, depth = 0): string {
  if (value === undefined) return "nothing";
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number" || typeof value === "string") return String(value);
  switch (value.kind) {
    case "list":
    case "tuple": {
      const items =
        depth > 3 ? ["..."] : value.items.slice(0, 16).map((item) => describeValue(item, depth + 1));
      return value.kind === "list" ? `[${items.join(", ")}]` : `(${items.join(", ")})`;
    }
    case "module":
      return `the module ${value.path || value.type}`;
    case "activation":
      return `a tensor of ${value.shape.join("x")}`;
    case "split":
      return `a tensor of ${extentsOf(value).join("x")}`;
    case "constant":
      return `the weight ${value.name}`;
    case "packed":
      return `the packed weights ${value.path}`;
    case "path":
      return value.path;
    case "range":
      return `range(${value.from}, ${value.to}, ${value.step})`;
    case "unknown":
      return "an unknown value";
  }
}
