/** Brings a network's result into the layout users expect: channels, height, width as PyTorch has them. */
import { conform } from "../aten/forms.ts";
import { emit, type OperatorCall } from "../aten/operator.ts";
import type { GraphBuilder } from "../graph-builder.ts";
import { freshAxes, isInOrder, longAxes } from "../layout.ts";
import type { Activation } from "../value.ts";
import { WeightReader } from "../weights.ts";

/** A result with its channels last in the file is stored in that very order, and stays so; an input is copied. */
export function settleOutput(
  builder: GraphBuilder,
  name: string,
  output: Activation,
  inputs: readonly Activation[],
): Activation {
  const call: OperatorCall = {
    operation: "transpose",
    args: {},
    frame: { module: { path: "", isLeaf: false }, call: {} },
    source: name,
    context: {
      builder,
      weights: new WeightReader({ has: () => false, read: () => new Uint8Array(0) }),
      report: () => undefined,
    },
  };
  const isInput = inputs.some(({ tensor }) => tensor === output.tensor);
  const own = isInput ? emit({ ...call, operation: "copy" }, { kind: "identity" }, [output]) : output;
  const isChannelsLast = own.axes.at(-1) === "c" && isInOrder(longAxes(own), ["h", "w", "c"]);
  const axes = isChannelsLast ? undefined : freshAxes(own.shape);
  return axes ? conform(call, own, axes) : own;
}
