import type { Clamp, DType, Graph, Quantization, Tensor } from "./graph.ts";
import { byteLimits, quantizeValue } from "./quantized.ts";

/** A tensor's type and quantisation in an int8 graph. */
export interface ByteType {
  readonly dtype: Exclude<DType, "f32">;
  readonly quantization: Quantization;
}

/** The byte type of a tensor of an int8 graph. */
export function byteTypeOf({ name, dtype, quantization }: Tensor): ByteType {
  if (dtype === "f32" || !quantization) throw new Error(`${name} is not quantised`);
  return { dtype, quantization };
}

/** Whether a graph's activations are bytes. */
export function isQuantized({ tensors, inputs }: Graph): boolean {
  return inputs.every((name) => tensors.get(name)!.dtype !== "f32");
}

/** Limits in bytes: of the type, and of the fused activation where it has one. */
export function byteClamp(clamp: Clamp | undefined, { dtype, quantization }: ByteType): Clamp {
  const limits = byteLimits(dtype);
  if (!clamp) return limits;
  return {
    min: quantizeValue(clamp.min, quantization, limits),
    max: quantizeValue(clamp.max, quantization, limits),
  };
}

/** Whether the same bytes stand for the same numbers. */
export function isSameByteType(a: ByteType, b: ByteType): boolean {
  const [p, q] = [a.quantization, b.quantization];
  return a.dtype === b.dtype && p.scale === q.scale && p.zeroPoint === q.zeroPoint;
}

/** The greatest distance of a byte from the one that stands for 0. */
export function farthestFromZero({ dtype, quantization }: ByteType): number {
  const { min, max } = byteLimits(dtype);
  return Math.max(max - quantization.zeroPoint, quantization.zeroPoint - min);
}
