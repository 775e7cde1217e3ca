/**
 * What a value of an ONNX graph can be while it is evaluated: an array of the file or computed from such, or a tensor
 * that depends on the input and has only a shape.
 */
import type { Activation, SplitView, Unknown } from "../value.ts";
import { extentsOf } from "../value.ts";
import type { ElementType, TensorData } from "./tensor-proto.ts";

export type OnnxValue = Activation | ArrayValue | SplitView | Unknown;

/** Known numbers, last dimension fastest. */
export interface ArrayValue {
  readonly kind: "array";
  /** For messages: the initializer it came from. */
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: TensorData;
  /** Where the numbers are dequantised integers: their scales, one or one a place along `axis`. */
  readonly scales?: { readonly values: readonly number[]; readonly axis: number };
}

export function isArray(value: OnnxValue | undefined): value is ArrayValue {
  return value?.kind === "array";
}

/** How a message names a value. */
export function describeOnnxValue(value: OnnxValue | undefined): string {
  switch (value?.kind) {
    case undefined:
      return "nothing";
    case "array":
      return `the constant ${value.name} (${value.shape.join("x") || "scalar"})`;
    case "activation":
      return `a tensor of ${value.shape.join("x")}`;
    case "split":
      return `a tensor of ${extentsOf(value).join("x")}`;
    case "unknown":
      return "an unknown value";
  }
}
