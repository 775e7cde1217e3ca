/** What becomes of an int8 layer's sums: requantised, moved to the zero point and limited to the output's bytes. */
import type { Clamp, Requantize } from "../graph/graph.ts";
import { byteLimits } from "../graph/quantized.ts";
import { add, clamp, declare, load, mul, store, v } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import type { ConstantData } from "../loop/program.ts";
import { constant, rescalingOf } from "./constants.ts";
import type { RowRing } from "./ring.ts";

export interface Scaling {
  readonly output: RowRing;
  readonly clamp: Clamp;
  /** (OC, 3): where the sum of a channel starts, its multiplier and its shift, side by side for one pointer to walk along. */
  readonly table: ConstantData;
  readonly rescale: ReturnType<typeof rescalingOf>;
}

interface Scaled {
  readonly name: string;
  readonly clamp?: Clamp;
  readonly requantize?: Requantize;
}

/** @throws where the layer is not int8: its recipe should have said so. */
export function scalingOf(node: Scaled, output: RowRing, starts: Int32Array): Scaling {
  if (!node.requantize) throw new Error(`${node.name}: has no multipliers`);
  const { multiplier, shift } = node.requantize;
  const limits = node.clamp ?? byteLimits(output.tensor.dtype as "i8" | "u8");
  const rows = Array.from(starts, (start, oc) => [start, multiplier[oc]!, shift[oc]!]);
  return {
    output,
    clamp: limits,
    table: constant(node.name, "scale", Int32Array.from(rows.flat())),
    rescale: rescalingOf(node.requantize, limits.min >= output.tensor.quantization!.zeroPoint),
  };
}

/** What the sum of channel `oc` starts with. */
export const startOf = ({ table }: Scaling, oc: Expr): Expr => load(table.buffer, mul(oc, 3));

/** Declares the multiplier and the shift of channel `oc`, so that all its results share them. */
export function declareScale({ table }: Scaling, oc: Expr, tag: string): readonly Stmt[] {
  return [
    declare(`m${tag}`, load(table.buffer, add(mul(oc, 3), 1))),
    declare(`s${tag}`, load(table.buffer, add(mul(oc, 3), 2))),
  ];
}

/** Stores what becomes of a sum; `tag` is that of the channel's scale. */
export function storeScaled(scaling: Scaling, sum: Expr, tag: string, index: Expr): Stmt {
  const { output, rescale } = scaling;
  const scaled = add(rescale(sum, v(`m${tag}`), v(`s${tag}`)), output.tensor.quantization!.zeroPoint);
  return store(output.buffer, index, clamp(scaled, scaling.clamp.min, scaling.clamp.max));
}
