/** 1×1 convolutions that PyTorch does not write as such: scales and shifts by constants, and copies of channels. */
import { imageOf } from "../layout.ts";
import type { Axis } from "../layout.ts";
import type { Activation } from "../value.ts";
import { emit } from "./operator.ts";
import type { OperatorCall } from "./operator.ts";
import { sideBySide } from "./pooling.ts";

/** x × scale + shift, each of one number a channel; a depthwise convolution. */
export function scaleChannels(
  call: OperatorCall,
  input: Activation,
  scale: Float32Array,
  shift: Float32Array,
): Activation {
  const channels = scale.length;
  const isSpread = imageOf(input).c === 1 && channels > 1;
  const weight = { shape: [channels, 1, 1, 1], data: scale };
  const bias = { shape: [channels], data: shift };
  const groups = isSpread ? 1 : channels;
  return emit(call, { kind: "conv2d", window: sideBySide([1, 1]), groups, weight, bias }, [input]);
}

/** Channel i of the result is channel `from[i]` of the input, or all zero where that is -1. */
export function pickChannels(call: OperatorCall, input: Activation, from: readonly number[]): Activation {
  const depth = imageOf(input).c;
  const data = new Float32Array(from.length * depth);
  from.forEach((source, channel) => {
    if (source >= 0) data[channel * depth + source] = 1;
  });
  const weight = { shape: [from.length, 1, 1, depth], data };
  const bias = { shape: [from.length], data: new Float32Array(from.length) };
  return emit(call, { kind: "conv2d", window: sideBySide([1, 1]), groups: 1, weight, bias }, [input]);
}

/** The tensor repeated to `extents` along the dimensions where it is 1; `axes` say which axes those are. */
export function repeatTo(
  call: OperatorCall,
  input: Activation,
  extents: readonly number[],
  axes: readonly Axis[],
): Activation {
  const place = { shape: input.shape, axes };
  let result: Activation = { ...input, ...place };
  const image = imageOf(place);
  const wanted = imageOf({ shape: extents, axes });
  const repeat = { ...call, operation: "expand" };
  if (wanted.c !== image.c) result = pickChannels(repeat, result, new Array<number>(wanted.c).fill(0));
  if (wanted.h === image.h && wanted.w === image.w) return result;
  const size = [wanted.h, wanted.w] as const;
  return emit(repeat, { kind: "upsample", mode: "nearest", alignCorners: false, size }, [result]);
}
