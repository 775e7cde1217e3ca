/**
 * Transposed convolution, gathered: every result sums the products of the taps that reach it, in the order ky, kx, ic, so
 * that rows can be computed one at a time and nothing is added up in memory.
 */
import type { ConvTranspose2d } from "../graph/graph.ts";
import { add, assign, declare, div, load, mul, row, store, sub, v } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import { turns } from "./axis.ts";
import { limited } from "./clamp.ts";
import { constant, constantAt, requantizeConstants, rescalingOf } from "./constants.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";
import { transposedSpan } from "./transposed-axis.ts";

/** Columns outermost: which taps reach a column is worked out once for all channels. */
export function lowerConvTranspose2d(node: ConvTranspose2d, input: RowRing, output: RowRing): Lowered {
  const { shape, dtype, quantization } = input.tensor;
  const { w, c: outputChannels } = output.tensor.shape;
  const [kernelHeight, kernelWidth] = node.window.kernel;
  const groupIn = shape.c / node.groups;
  const type = dtype === "f32" ? "f32" : "i32";
  const zeroPoint = quantization?.zeroPoint ?? 0;
  const weight = constant(node.name, "weight", node.weight.data);
  const bias = constant(node.name, "bias", node.bias.data);
  const scaling = node.requantize && requantizeConstants(node.name, "", node.requantize);
  const kys = transposedSpan(node, 0, shape.h, row, "ky");

  const product = (x: Expr, tap: Expr): Stmt => {
    const value = load(input.buffer, x);
    const taken = zeroPoint === 0 ? value : sub(value, zeroPoint);
    return assign("acc", add(v("acc", type), mul(taken, load(weight.buffer, tap))));
  };
  const sum = (oc: Expr, kxs: ReturnType<typeof transposedSpan>): readonly Stmt[] => {
    const first = node.groups > 1 ? mul(div(oc, outputChannels / node.groups), groupIn) : 0;
    return kys.loops((ky, iy) => [
      declare("base", rowStart(input, iy)),
      ...kxs.loops((kx, ix) => {
        const x = add(v("base"), mul(ix, shape.c), first);
        const tap = mul(add(mul(add(mul(oc, kernelHeight), ky), kernelWidth), kx), groupIn);
        return turns("ic", groupIn, (ic) => [product(add(x, ic), add(tap, ic))]);
      }),
    ]);
  };
  const finish = (oc: Expr, px: Expr): Stmt => {
    const index = add(rowStart(output, row), mul(px, output.pixelPitch), oc);
    const acc = v("acc", type);
    const value = scaling
      ? add(
          rescalingOf(node.requantize!)(
            acc,
            constantAt(scaling.multiplier, oc),
            constantAt(scaling.shift, oc),
          ),
          output.tensor.quantization!.zeroPoint,
        )
      : acc;
    return store(output.buffer, index, limited(value, output.tensor.dtype, node.clamp));
  };
  const body = [
    ...kys.lets,
    ...turns("px", w, (px) => {
      const kxs = transposedSpan(node, 1, shape.w, px, "kx");
      return [
        ...kxs.lets,
        ...turns("oc", outputChannels, (oc) => [
          declare("acc", constantAt(bias, oc)),
          ...sum(oc, kxs),
          finish(oc, px),
        ]),
      ];
    }),
  ];
  return {
    kernel: { name: identifier(node.name), layer: node.name, body },
    constants: [weight, bias, ...(scaling ? [scaling.multiplier, scaling.shift] : [])],
  };
}
