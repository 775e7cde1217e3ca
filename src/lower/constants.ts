/** The constant buffers of a layer, named after it. */
import { c, f, load, requantize, requantizeNearest, requantizeOnce, type Operand } from "../loop/build.ts";
import type { ElementType, Expr } from "../loop/ir.ts";
import type { ConstantData } from "../loop/program.ts";
import type { Constant, Requantize } from "../graph/graph.ts";
import { identifier } from "./name.ts";

export function constant(layer: string, what: string, data: ConstantData["data"]): ConstantData {
  const name = `${identifier(layer)}_${what}`;
  return { buffer: { name, type: elementType(data), length: data.length, space: "constant" }, data };
}

function elementType(data: ConstantData["data"]): ElementType {
  if (data instanceof Int8Array) return "i8";
  if (data instanceof Uint8Array) return "u8";
  if (data instanceof Int16Array) return "i16";
  if (data instanceof Int32Array) return "i32";
  return "f32";
}

/** Multipliers as i32 and shifts, which are in [−31, 30], as bytes. */
export function requantizeConstants(layer: string, what: string, { multiplier, shift }: Requantize) {
  return {
    multiplier: constant(layer, `${what}multiplier`, multiplier),
    shift: constant(layer, `${what}shift`, Int8Array.from(shift)),
  };
}

/**
 * How a layer's sums come to units of its output, from a sum, a multiplier and a shift.
 *
 * @param isFloored Nothing below 0 survives what follows, as a ReLU: there one rounding can give the bytes of two.
 */
export function rescalingOf(
  { roundsOnce, shift }: Requantize,
  isFloored = false,
): (acc: Operand, multiplier: Operand, shift: Operand) => Expr {
  if (roundsOnce) return requantizeNearest;
  return isFloored && shift.every((by) => by < 0) ? requantizeOnce : requantize;
}

/**
 * Biases, with −zeroPoint × Σ w of each output channel added where every tap is always inside the image, so that the
 * loops need not subtract the zero point. Wraps as i32 sums do.
 */
export function foldedBias(bias: Int32Array, weight: Constant, zeroPoint: number): Int32Array {
  const taps = weight.data.length / bias.length;
  return bias.map((b, oc) => {
    const own = Array.from(weight.data.subarray(oc * taps, (oc + 1) * taps));
    const sum = own.reduce((total, w) => total + w, 0);
    return (b - zeroPoint * sum) | 0;
  });
}

/** The element of a constant, in the text itself where there is only one. */
export function constantAt(source: ConstantData, index: Expr): Expr {
  if (source.data.length > 1) return load(source.buffer, index);
  return source.buffer.type === "f32" ? f(source.data[0]!) : c(source.data[0]!);
}
