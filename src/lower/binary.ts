/** The sum of two rows, element by element; in int8 TensorFlow Lite's ADD with its three multipliers. */
import type { Add } from "../graph/graph.ts";
import { add, load, requantize, row, shl, store, sub } from "../loop/build.ts";
import type { Expr } from "../loop/ir.ts";
import type { Requantize } from "../graph/graph.ts";
import { turns } from "./axis.ts";
import { limited } from "./clamp.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";

export function lowerAdd(node: Add, [left, right]: readonly [RowRing, RowRing], output: RowRing): Lowered {
  const { dtype } = output.tensor;
  const body = turns("px", output.rowLength, (px) => {
    const [a, b] = [left, right].map((ring) => load(ring.buffer, add(rowStart(ring, row), px))) as [
      Expr,
      Expr,
    ];
    const sum = dtype === "f32" ? add(a, b) : integerSum(node, a, b, [left, right, output]);
    return [store(output.buffer, add(rowStart(output, row), px), limited(sum, dtype, node.clamp))];
  });
  return { kernel: { name: identifier(node.name), layer: node.name, body }, constants: [] };
}

function integerSum(node: Add, a: Expr, b: Expr, rings: readonly [RowRing, RowRing, RowRing]): Expr {
  const { leftShift, left, right, output } = node.requantize!;
  const [zeroLeft, zeroRight, zeroOut] = rings.map((ring) => ring.tensor.quantization!.zeroPoint);
  const scaled = (x: Expr, zero: number, by: Requantize): Expr => scale(shl(sub(x, zero), leftShift), by);
  return add(scale(add(scaled(a, zeroLeft!, left), scaled(b, zeroRight!, right)), output), zeroOut!);
}

function scale(x: Expr, { multiplier, shift }: Requantize): Expr {
  return requantize(x, multiplier[0]!, shift[0]!);
}
