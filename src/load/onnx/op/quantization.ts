/**
 * What says that numbers are bytes: QuantizeLinear and DequantizeLinear, alone or around a layer in one node. The graph
 * is built in real numbers all the same, each tensor marked with what its bytes stand for; `int8.ts` makes bytes of it.
 */
import { isSameByteType, type ByteType } from "../../../graph/byte-type.ts";
import { emit, fail, refuse } from "../../aten/operator.ts";
import { byteType } from "../../quantized/int8-graph.ts";
import type { Activation } from "../../value.ts";
import { fillArray } from "../array.ts";
import {
  affordable,
  arrayInput,
  dimensionOf,
  integerAttribute,
  optionalArray,
  type OnnxCall,
  type OnnxOperator,
} from "../call.ts";
import type { NodeProto } from "../model-proto.ts";
import type { ElementType } from "../tensor-proto.ts";
import { describeOnnxValue, type ArrayValue, type OnnxValue } from "../value.ts";

export const quantizers: Readonly<Record<string, OnnxOperator>> = {
  QuantizeLinear: { run: (call) => quantize({ ...call, operation: "quantize" }, call.inputs[0], 1, 2) },
  DequantizeLinear: { run: (call) => dequantize({ ...call, operation: "dequantize" }, call.inputs[0], 1, 2) },
};

/** The element type integers are saved as, from their zero point. */
function typeOf(
  call: OnnxCall,
  zeroPoint: ArrayValue | undefined,
  fallback: ElementType,
): "u8" | "i8" | "i32" {
  const type = zeroPoint?.type ?? fallback;
  if (type === "u8" || type === "i8" || type === "i32") return type;
  return fail(call, `quantises to ${type}; only 8 bits are supported`);
}

function byteTypeAt(call: OnnxCall, scale: ArrayValue, zeroPoint: ArrayValue | undefined): ByteType {
  const dtype = typeOf(call, zeroPoint, "u8");
  if (scale.data.length !== 1 || (zeroPoint && zeroPoint.data.length !== 1))
    return fail(call, "gives an activation several scales; quantise it per tensor");
  if (dtype === "i32") return fail(call, "quantises an activation to 32 bits; only 8 are supported");
  return byteType(call.node.name || call.operation, dtype, scale.data[0]!, zeroPoint?.data[0] ?? 0);
}

/** Nearest, halves to even. */
function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** Scale and zero point of an element: one for all, or one a place along `axis`. */
function along(array: ArrayValue, place: readonly number[], axis: number): number {
  return array.data[array.data.length === 1 ? 0 : place[axis]!]!;
}

function axisOf(call: OnnxCall, value: ArrayValue, scale: ArrayValue): number {
  if (scale.data.length === 1) return 0;
  const axis = dimensionOf(call, integerAttribute(call, "axis", 1), value.shape.length);
  if (value.shape[axis] !== scale.data.length)
    fail(call, `has ${scale.data.length} scales for ${value.shape[axis]} places; blocks are not supported`);
  return axis;
}

export function quantize(
  call: OnnxCall,
  value: OnnxValue | undefined,
  scaleAt: number,
  zeroAt: number,
): OnnxValue {
  const scale = arrayInput(call, scaleAt, "scale");
  const zeroPoint = optionalArray(call, zeroAt, "zero point");
  if (value?.kind === "activation") {
    const type = byteTypeAt(call, scale, zeroPoint);
    const result = emit(call, { kind: "identity" }, [value]);
    call.context.quantizations.mark(result.tensor, type);
    return result;
  }
  if (value?.kind !== "array") return refuse(call, `quantises ${describeOnnxValue(value)}`);
  const type = typeOf(call, zeroPoint, "u8");
  const [least, most] = { u8: [0, 255], i8: [-128, 127], i32: [-(2 ** 31), 2 ** 31 - 1] }[type] as [
    number,
    number,
  ];
  const axis = axisOf(call, value, scale);
  return fillArray(value.name, type, affordable(call, value.shape), (place, index) => {
    const zero = zeroPoint ? along(zeroPoint, place, axis) : 0;
    const quotient = Math.fround(Math.fround(value.data[index]!) / Math.fround(along(scale, place, axis)));
    return Math.min(Math.max(roundHalfEven(quotient) + zero, least), most);
  });
}

export function dequantize(
  call: OnnxCall,
  value: OnnxValue | undefined,
  scaleAt: number,
  zeroAt: number,
): OnnxValue {
  const scale = arrayInput(call, scaleAt, "scale");
  const zeroPoint = optionalArray(call, zeroAt, "zero point");
  if (value?.kind === "activation") return believe(call, value, byteTypeAt(call, scale, zeroPoint));
  if (value?.kind !== "array") return refuse(call, `dequantises ${describeOnnxValue(value)}`);
  const axis = axisOf(call, value, scale);
  const values = fillArray(value.name, "f32", affordable(call, value.shape), (place, index) => {
    const zero = zeroPoint ? along(zeroPoint, place, axis) : 0;
    return Math.fround((value.data[index]! - zero) * along(scale, place, axis));
  });
  return { ...values, scales: { values: Array.from(scale.data), axis } };
}

/** Bytes mean what their quantising said; of bytes that come from outside this says it. */
function believe(call: OnnxCall, value: Activation, type: ByteType): OnnxValue {
  const { quantizations } = call.context;
  const known = quantizations.typeOf(value.tensor);
  if (!known) quantizations.mark(value.tensor, type);
  else if (!isSameByteType(known, type))
    return refuse(call, "reads bytes as other numbers than they were quantised as");
  return value;
}

/** A node of the same names for what a fused one does inside. */
export function innerNode(node: NodeProto, opType: string): NodeProto {
  return { ...node, opType, domain: "" };
}
