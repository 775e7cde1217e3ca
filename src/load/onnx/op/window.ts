/** The sliding window of convolutions and pools: kernel, strides, dilations, pads and auto_pad over 1 or 2 dimensions. */
import type { Padding, Pair, Window } from "../../../graph/graph.ts";
import { fail } from "../../aten/operator.ts";
import type { Activation } from "../../value.ts";
import { integerAttribute, integersAttribute, textAttribute, type OnnxCall } from "../call.ts";

/** [before, after] along one dimension. */
export type Ends = readonly [number, number];

export function readWindow(call: OnnxCall, input: Activation, kernel: readonly number[]): Window {
  const rank = kernel.length as 1 | 2;
  const strides = integersAttribute(call, "strides", rank, 1, 1);
  const dilations = integersAttribute(call, "dilations", rank, 1, 1);
  const isCeil = integerAttribute(call, "ceil_mode", 0) === 1;
  const ends = readPads(call, rank).map((given, dim): Ends => {
    const extent = input.shape[input.shape.length - rank + dim]!;
    const reach = dilations[dim]! * (kernel[dim]! - 1) + 1;
    const chosen = given ?? samePads(call, extent, reach, strides[dim]!);
    return isCeil ? ceilPads(extent, reach, strides[dim]!, chosen) : chosen;
  });
  return {
    kernel: pairOf(kernel, 1),
    stride: pairOf(strides, 1),
    dilation: pairOf(dilations, 1),
    padding: paddingOf(ends),
  };
}

/** [height, width]; of one dimension [length, other]. */
export function pairOf(values: readonly number[], other: number): Pair {
  return [values[0]!, values[1] ?? other];
}

export function paddingOf([vertical, horizontal = [0, 0]]: readonly Ends[]): Padding {
  const [top, bottom] = vertical!;
  return { top, bottom, left: horizontal[0], right: horizontal[1] };
}

/** The pads given, or undefined along dimensions where they follow from the output's size. */
export function readPads(call: OnnxCall, rank: number): readonly (Ends | undefined)[] {
  const mode = textAttribute(call, "auto_pad", "NOTSET");
  const dimensions = [...Array(rank).keys()];
  switch (mode) {
    case "NOTSET":
    case "": {
      const pads = integersAttribute(call, "pads", 2 * rank, 0, 0);
      return dimensions.map((dim): Ends => [pads[dim]!, pads[rank + dim]!]);
    }
    case "VALID":
      return dimensions.map((): Ends => [0, 0]);
    case "SAME_UPPER":
    case "SAME_LOWER":
      return dimensions.map(() => undefined);
    default:
      return fail(call, `auto_pad is ${mode}, expected NOTSET, VALID, SAME_UPPER or SAME_LOWER`);
  }
}

/** As many outputs as extent / stride, rounded up; an odd total puts the extra place at the end, or for SAME_LOWER before. */
function samePads(call: OnnxCall, extent: number, reach: number, stride: number): Ends {
  const total = Math.max((Math.ceil(extent / stride) - 1) * stride + reach - extent, 0);
  return halves(total, textAttribute(call, "auto_pad", "") === "SAME_UPPER");
}

export function halves(total: number, isUpper: boolean): Ends {
  const less = Math.floor(total / 2);
  return isUpper ? [less, total - less] : [total - less, less];
}

/** Enough padding after the last place that flooring the number of windows gives what ceil_mode gives. */
function ceilPads(extent: number, reach: number, stride: number, [before, after]: Ends): Ends {
  const padded = extent + before + after;
  let windows = Math.ceil((padded - reach) / stride) + 1;
  if ((windows - 1) * stride >= extent + before) windows -= 1;
  return [before, Math.max(after, (windows - 1) * stride + reach - extent - before)];
}
