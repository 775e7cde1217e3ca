/**
 * Sum, difference and product of two rows, element by element; in int8 TensorFlow Lite's ADD with its three multipliers,
 * or one multiplier for a product. A right operand that is repeated over space, or channels too, stays where it is.
 */
import type { Add, Mul, Requantize, RequantizeAdd, Sub } from "../graph/graph.ts";
import { add, c, load, mul, row, shl, store, sub } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import { turns } from "./axis.ts";
import { limited } from "./clamp.ts";
import { rescalingOf } from "./constants.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";

export type Binary = Add | Sub | Mul;

export function lowerBinary(
  node: Binary,
  [left, right]: readonly [RowRing, RowRing],
  output: RowRing,
): Lowered {
  const { shape, dtype } = output.tensor;
  const element = (at: Expr, other: Expr): readonly Stmt[] => {
    const a = load(left.buffer, add(rowStart(left, row), at));
    const b = load(right.buffer, other);
    const value =
      dtype === "f32" ? floatResult(node, a, b) : integerResult(node, a, b, [left, right, output]);
    return [store(output.buffer, add(rowStart(output, row), at), limited(value, dtype, node.clamp))];
  };
  const body = isRepeated(left, right)
    ? turns("px", shape.w, (px) =>
        turns("oc", shape.c, (oc) =>
          element(add(mul(px, shape.c), oc), right.tensor.shape.c === 1 ? c(0) : oc),
        ),
      )
    : turns("px", output.rowLength, (px) => element(px, add(rowStart(right, row), px)));
  return { kernel: { name: identifier(node.name), layer: node.name, body }, constants: [] };
}

function isRepeated({ tensor: left }: RowRing, { tensor: right }: RowRing): boolean {
  return right.shape.h < left.shape.h || right.shape.w < left.shape.w || right.shape.c < left.shape.c;
}

function floatResult({ kind }: Binary, a: Expr, b: Expr): Expr {
  switch (kind) {
    case "add":
      return add(a, b);
    case "sub":
      return sub(a, b);
    case "mul":
      return mul(a, b);
  }
}

function integerResult(node: Binary, a: Expr, b: Expr, rings: readonly [RowRing, RowRing, RowRing]): Expr {
  const [left, right, out] = rings.map((ring) => ring.tensor.quantization!.zeroPoint) as [
    number,
    number,
    number,
  ];
  switch (node.kind) {
    case "add":
      return add(integerSum(node.requantize!, sub(a, left), sub(b, right)), out);
    case "sub":
      return add(integerSum(node.requantize!, sub(a, left), sub(right, b)), out);
    case "mul":
      return add(scale(mul(sub(a, left), sub(b, right)), node.requantize!), out);
  }
}

function integerSum({ leftShift, left, right, output }: RequantizeAdd, a: Expr, b: Expr): Expr {
  return scale(add(scale(shl(a, leftShift), left), scale(shl(b, leftShift), right)), output);
}

function scale(x: Expr, requantize: Requantize): Expr {
  return rescalingOf(requantize)(x, requantize.multiplier[0]!, requantize.shift[0]!);
}
