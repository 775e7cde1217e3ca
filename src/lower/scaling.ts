/** What becomes of an int8 layer's sums: requantised, moved to the zero point and limited to the output's bytes. */
import type { Clamp, Requantize } from "../graph/graph.ts";
import { byteLimits } from "../graph/quantized.ts";
import {
  add,
  clamp,
  declare,
  intrinsic,
  load,
  mul,
  requantizeNearest,
  requantizeOnce,
  store,
  v,
  widen,
} from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import type { ConstantData } from "../loop/program.ts";
import { constant, rescalingOf } from "./constants.ts";
import type { RowRing } from "./ring.ts";

export interface Scaling {
  readonly output: RowRing;
  readonly clamp: Clamp;
  /**
   * Where the sum of a channel starts, its multiplier and its shift: (OC, 3), for one pointer to walk along, or (3, OC), for
   * vectors of channels.
   */
  readonly table: ConstantData;
  readonly layout: "rows" | "planes";
  /** Four channels' sums can be scaled at once, by this: their multipliers lie in planes, and TensorFlow Lite's rounding is wanted. */
  readonly four: "scaled4" | "scaledOnce4" | undefined;
  readonly rescale: ReturnType<typeof rescalingOf>;
}

interface Scaled {
  readonly name: string;
  readonly clamp?: Clamp;
  readonly requantize?: Requantize;
}

/** @throws where the layer is not int8: its recipe should have said so. */
export function scalingOf(
  node: Scaled,
  output: RowRing,
  starts: Int32Array,
  layout: Scaling["layout"] = "rows",
): Scaling {
  if (!node.requantize) throw new Error(`${node.name}: has no multipliers`);
  const { multiplier, shift } = node.requantize;
  const limits = node.clamp ?? byteLimits(output.tensor.dtype as "i8" | "u8");
  const rescale = rescalingOf(node.requantize, limits.min >= output.tensor.quantization!.zeroPoint);
  const rows = Array.from(starts, (start, oc) => [start, multiplier[oc]!, shift[oc]!]).flat();
  const planes = [...starts, ...multiplier, ...shift];
  return {
    output,
    clamp: limits,
    table: constant(node.name, "scale", Int32Array.from(layout === "rows" ? rows : planes)),
    layout,
    four: layout === "planes" ? fourOf(rescale) : undefined,
    rescale,
  };
}

function fourOf(rescale: Scaling["rescale"]): Scaling["four"] {
  if (rescale === requantizeNearest) return undefined;
  return rescale === requantizeOnce ? "scaledOnce4" : "scaled4";
}

/** Index of the start (0), multiplier (1) or shift (2) of channel `oc`. */
function placeOf({ table, layout }: Scaling, oc: Expr, which: number): Expr {
  return layout === "rows" ? add(mul(oc, 3), which) : add(oc, (which * table.data.length) / 3);
}

/** What the sum of channel `oc` starts with. */
export const startOf = (scaling: Scaling, oc: Expr): Expr =>
  load(scaling.table.buffer, placeOf(scaling, oc, 0));

/** Declares the multiplier and the shift of channel `oc`, so that all its results share them. */
export function declareScale(scaling: Scaling, oc: Expr, tag: string): readonly Stmt[] {
  return [1, 2].map((which) =>
    declare(`${which === 1 ? "m" : "s"}${tag}`, load(scaling.table.buffer, placeOf(scaling, oc, which))),
  );
}

const planesOfFour = ["starts", "multipliers", "shifts"] as const;

/** Declares what the sums of four channels from `oc` on start with and are scaled by, for `storeFour`; once a block. */
export function declareScaleFour(scaling: Scaling, oc: Expr): readonly Stmt[] {
  return planesOfFour.map((name, which) =>
    declare(name, widen(scaling.table.buffer, placeOf(scaling, oc, which), 4)),
  );
}

export const startsOfFour = (): Expr => v("starts", "i32x4");

/** Stores what becomes of the sums of the four channels last declared, of one pixel. */
export const storeFour = (scaling: Scaling, sums: Expr, index: Expr): Stmt =>
  storeLimited(scaling, sums, [v("multipliers", "i32x4"), v("shifts", "i32x4")], index);

/** Stores what becomes of the sums of four channels from `oc` on, of one pixel; multipliers lie in planes. */
export function storeScaledFour(scaling: Scaling, sums: Expr, oc: Expr, index: Expr): Stmt {
  const [multipliers, shifts] = [1, 2].map((which) =>
    widen(scaling.table.buffer, placeOf(scaling, oc, which), 4),
  );
  return storeLimited(scaling, sums, [multipliers!, shifts!], index);
}

function storeLimited(
  { output, clamp: limits, four }: Scaling,
  sums: Expr,
  [multipliers, shifts]: readonly [Expr, Expr],
  index: Expr,
): Stmt {
  const zero = output.tensor.quantization!.zeroPoint;
  const scaled = intrinsic(four!, sums, multipliers, shifts, zero, limits.min, limits.max);
  return store(output.buffer, index, scaled);
}

/** Stores what becomes of a sum; `tag` is that of the channel's scale. */
export function storeScaled(scaling: Scaling, sum: Expr, tag: string, index: Expr): Stmt {
  const { output, rescale } = scaling;
  const scaled = add(rescale(sum, v(`m${tag}`), v(`s${tag}`)), output.tensor.quantization!.zeroPoint);
  return store(output.buffer, index, clamp(scaled, scaling.clamp.min, scaling.clamp.max));
}
