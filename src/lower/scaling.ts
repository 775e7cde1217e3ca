/** What becomes of an int8 layer's sums: requantised, moved to the zero point and limited to the output's bytes. */
import type { Clamp, Requantize } from "../graph/graph.ts";
import { byteLimits } from "../graph/quantized.ts";
import { add, clamp, declare, requantize, requantizeOnce, store, v } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import type { ConstantData } from "../loop/program.ts";
import { constantAt, requantizeConstants } from "./constants.ts";
import type { RowRing } from "./ring.ts";

export interface Scaling {
  readonly output: RowRing;
  readonly clamp: Clamp;
  readonly multiplier: ConstantData;
  readonly shift: ConstantData;
  /** One rounding gives the bytes of two: nothing below the zero point survives the clamp, and all shifts are to the right. */
  readonly roundsOnce: boolean;
}

interface Scaled {
  readonly name: string;
  readonly clamp?: Clamp;
  readonly requantize?: Requantize;
}

/** @throws where the layer is not int8: its recipe should have said so. */
export function scalingOf(node: Scaled, output: RowRing): Scaling {
  if (!node.requantize) throw new Error(`${node.name}: has no multipliers`);
  const limits = node.clamp ?? byteLimits(output.tensor.dtype as "i8" | "u8");
  const shifts = node.requantize.shift;
  const isRight = shifts.every((shift) => shift < 0 && shift >= -31);
  return {
    output,
    clamp: limits,
    ...requantizeConstants(node.name, "", node.requantize),
    roundsOnce: isRight && limits.min >= output.tensor.quantization!.zeroPoint,
  };
}

export const scalingConstants = ({ multiplier, shift }: Scaling): readonly ConstantData[] => [
  multiplier,
  shift,
];

/** Declares the multiplier and the shift of channel `oc`, so that all its results share them. */
export function declareScale({ multiplier, shift }: Scaling, oc: Expr, tag: string): readonly Stmt[] {
  return [declare(`m${tag}`, constantAt(multiplier, oc)), declare(`s${tag}`, constantAt(shift, oc))];
}

/** Stores what becomes of a sum; `tag` is that of the channel's scale. */
export function storeScaled(scaling: Scaling, sum: Expr, tag: string, index: Expr): Stmt {
  const { output, roundsOnce } = scaling;
  const scale = roundsOnce ? requantizeOnce : requantize;
  const scaled = add(scale(sum, v(`m${tag}`), v(`s${tag}`)), output.tensor.quantization!.zeroPoint);
  return store(output.buffer, index, clamp(scaled, scaling.clamp.min, scaling.clamp.max));
}
