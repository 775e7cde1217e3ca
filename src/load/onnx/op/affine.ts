/** An activation with a known array: sums and products per channel, which batch-norms express and passes fold away. */
import { channelsAt, reshapeTo } from "../../aten/forms.ts";
import { emit, fail, refuse } from "../../aten/operator.ts";
import { imageOf } from "../../layout.ts";
import { countElements } from "../../tensor.ts";
import type { Activation } from "../../value.ts";
import { broadcastIndex, broadcastShape, fillArray } from "../array.ts";
import { affordable, floatsOf, type OnnxCall } from "../call.ts";
import type { ArrayValue, OnnxValue } from "../value.ts";

/** An activation with its channels where an array has its numbers, and those numbers: one, or one a channel. */
export interface Aligned {
  readonly input: Activation;
  readonly vector: Float32Array;
  /** The form of the result, where the input had to be flattened. */
  readonly shape: readonly number[];
}

/** Lays a known array along the channels of an activation; undefined where that is not possible. */
export function align(call: OnnxCall, input: Activation, array: ArrayValue): Aligned | undefined {
  const { shape } = input;
  const isSmaller = broadcastShape(shape, array.shape)?.join() === shape.join();
  if (!isSmaller || array.shape.length > shape.length) return undefined;
  const skip = shape.length - array.shape.length;
  const long = array.shape.flatMap((extent, dim) => (extent === 1 ? [] : [dim + skip]));
  const vector = floatsOf(call, array);
  if (long.length === 0) return { input, vector, shape };
  if (long.length === 1) return { input: channelsAt(call, input, long[0]!), vector, shape };
  const flat = reshapeTo({ ...call, operation: "flatten" }, input, [countElements(shape)]);
  if (typeof flat !== "object" || flat?.kind !== "activation") return undefined;
  const full = fillArray(
    array.name,
    "f32",
    affordable(call, shape),
    (place) => vector[broadcastIndex(place, array.shape)]!,
  );
  return { input: flat, vector: Float32Array.from(full.data), shape };
}

/** Undoes the flattening of `align`. */
export function restore(call: OnnxCall, result: Activation, { shape }: Aligned): OnnxValue {
  if (result.shape.join() === shape.join()) return result;
  return reshapeTo(call, result, shape) as OnnxValue;
}

/** x × scale + shift for one scale and shift, or one of each a channel. */
export function affine(
  call: OnnxCall,
  aligned: Aligned,
  scale: (v: number) => number,
  shift: (v: number) => number,
): OnnxValue {
  const { input, vector } = aligned;
  const channels = imageOf(input).c;
  const at = (channel: number): number => vector[vector.length === 1 ? 0 : channel]!;
  const weight = Float32Array.from({ length: channels }, (_, channel) => scale(at(channel)));
  const bias = Float32Array.from({ length: channels }, (_, channel) => shift(at(channel)));
  const statistics = {
    mean: new Float32Array(channels),
    variance: new Float32Array(channels).fill(1),
    eps: 0,
  };
  return restore(call, emit(call, { kind: "batchNorm", weight, bias, ...statistics }, [input]), aligned);
}

export function addConstant(call: OnnxCall, input: Activation, array: ArrayValue): OnnxValue {
  const aligned = align(call, input, array);
  return aligned
    ? affine(
        call,
        aligned,
        () => 1,
        (v) => v,
      )
    : misfit(call, input, array);
}

export function misfit(call: OnnxCall, input: Activation, array: ArrayValue): OnnxValue {
  return refuse(
    call,
    `combines ${input.shape.join("x")} with a constant of ${array.shape.join("x")}, which is larger; only smaller constants are supported`,
  );
}

export function expectFinite(call: OnnxCall, value: number, what: string): number {
  return Number.isFinite(value)
    ? value
    : fail(call, `its ${what} is ${value}; train or save the model again`);
}
