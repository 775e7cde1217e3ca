/**
 * Pixel and channel shuffles written the long way: a reshape to more dimensions than an image has, a transpose, and a
 * reshape back.
 */
import type { Activation, SplitView, Unknown } from "../value.ts";
import { channelsAt, spatialInput } from "./forms.ts";
import { emit, refuse } from "./operator.ts";
import type { OperatorCall } from "./operator.ts";
import { pickChannels } from "./pointwise.ts";

/** Whether an image cannot have these dimensions, so that the reshape to them waits for the one back. */
export function isSplit(input: Activation, wanted: readonly number[]): boolean {
  const long = wanted.filter((extent) => extent !== 1);
  return long.length > 3 && long.join() !== input.shape.filter((extent) => extent !== 1).join();
}

export function splitView(source: Activation, shape: readonly number[]): SplitView {
  return { kind: "split", source, shape, order: [...shape.keys()] };
}

/** Dimension i of the result is dimension `order[i]` of the view. */
export function reorderSplit(view: SplitView, order: readonly number[]): SplitView {
  return { ...view, order: order.map((dim) => view.order[dim]!) };
}

/** Depth first (DCR) has the pixel of a block slowest among the channels, PyTorch's CRD fastest. */
export function shufflePixels(
  call: OperatorCall,
  input: Activation,
  factor: number,
  isDepthFirst: boolean,
): Activation {
  const block = factor ** 2;
  const depth = input.shape[1]! / block;
  const from = Array.from(
    { length: input.shape[1]! },
    (_, channel) => (channel % block) * depth + Math.floor(channel / block),
  );
  const ordered = isDepthFirst && depth > 1 && factor > 1 ? pickChannels(call, input, from) : input;
  return emit(call, { kind: "pixelShuffle", factor }, [ordered]);
}

/** The activation after the last reshape, to `wanted`. */
export function joinSplit(
  call: OperatorCall,
  view: SplitView,
  wanted: readonly number[],
): Activation | Unknown {
  const { source, shape, order } = view;
  const joined = shufflePixelsOf(call, view) ?? shuffleChannelsOf(call, view);
  if (joined && joined.shape.join() === wanted.join()) return joined;
  const steps = `${source.shape.join("x")} to ${shape.join("x")}, ordered ${order.join(",")}, to ${wanted.join("x")}`;
  return refuse(
    call,
    `reshaping ${steps} is not supported; use PixelShuffle or at most 3 dimensions longer than 1`,
  );
}

/** (1, C, r, r, H, W) to (1, C, H, r, W, r), or (1, r, r, C, H, W) to the same. */
function shufflePixelsOf(call: OperatorCall, { source, shape, order }: SplitView): Activation | undefined {
  if (shape.length !== 6 || source.shape.length !== 4) return undefined;
  const isDepthFirst = order.join() === "0,3,4,1,5,2";
  const factor = shape[2]!;
  const isShuffle =
    (isDepthFirst ? shape[1] === factor : order.join() === "0,1,4,2,5,3" && shape[3] === factor) &&
    shape[4] === source.shape[2] &&
    shape[5] === source.shape[3];
  if (!isShuffle) return undefined;
  const shuffle = { ...call, operation: "pixel_shuffle" };
  return shufflePixels(shuffle, spatialInput(shuffle, source, 2), factor, isDepthFirst);
}

/** (1, g, k, H, W) to (1, k, g, H, W): ShuffleNet's exchange between groups. */
function shuffleChannelsOf(call: OperatorCall, { source, shape, order }: SplitView): Activation | undefined {
  const [, groups, depth] = shape as [number, number, number];
  const isShuffle =
    order.join() === "0,2,1,3,4" && source.shape.length === 4 && groups * depth === source.shape[1];
  if (!isShuffle) return undefined;
  const shuffle = { ...call, operation: "channel_shuffle" };
  const from = Array.from(
    { length: groups * depth },
    (_, channel) => (channel % groups) * depth + Math.floor(channel / groups),
  );
  return pickChannels(shuffle, channelsAt(shuffle, source, 1), from);
}
