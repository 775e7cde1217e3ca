/** What becomes of a sum: bias, requantisation, clamp, and the byte stored. */
import type { Conv2d } from "../../graph/graph.ts";
import { byteLimits } from "../../graph/quantized.ts";
import { add, mul, store, v } from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import type { ConstantData } from "../../loop/program.ts";
import { limited } from "../clamp.ts";
import { constant, constantAt, foldedBias, requantizeConstants, rescalingOf } from "../constants.ts";
import type { RowRing } from "../ring.ts";

export interface Finish {
  readonly constants: readonly ConstantData[];
  /** The bias of an output channel, the input's zero point folded into it. */
  readonly bias: (oc: Expr) => Expr;
  /** The output byte of a whole sum. */
  readonly byte: (sum: Expr, oc: Expr) => Expr;
  /** No output byte is lower. */
  readonly lowest: number;
  /** Stores the byte of pixel `px`, in the row that begins at `out`. */
  readonly store: (byte: Expr, oc: Expr, px: Expr) => Stmt;
}

/**
 * @param inputZero What padding is among the elements that are multiplied.
 * @param roundOnce Where the clamp ends below at the zero point; see `rescalingOf`.
 */
export function finishOf(node: Conv2d, inputZero: number, output: RowRing, roundOnce: boolean): Finish {
  const { dtype, quantization, shape } = output.tensor;
  const zeroPoint = quantization!.zeroPoint;
  const own = node.bias.data as Int32Array;
  const bias = constant(node.name, "bias", inputZero === 0 ? own : foldedBias(own, node.weight, inputZero));
  const { multiplier, shift } = requantizeConstants(node.name, "", node.requantize!);
  const clamp = node.clamp ?? byteLimits(dtype as "i8" | "u8");
  const scaled = rescalingOf(node.requantize!, roundOnce && clamp.min >= zeroPoint);
  return {
    constants: [bias, multiplier, shift],
    bias: (oc) => constantAt(bias, oc),
    byte: (sum, oc) =>
      limited(
        add(scaled(sum, constantAt(multiplier, oc), constantAt(shift, oc)), zeroPoint),
        dtype,
        node.clamp,
      ),
    lowest: clamp.min,
    store: (byte, oc, px) => store(output.buffer, add(v("out"), mul(px, shape.c), oc), byte),
  };
}
