import { evaluateBinary } from "./intrinsic.ts";
import type { BinaryOp, Expr } from "./ir.ts";
import { typeOf } from "./type-of.ts";

/**
 * What `left op right` comes to when that can be seen without knowing any name, or undefined.
 *
 * i32 only: of floats nothing is folded, since x + 0 and x × 1 are not free of meaning for −0 and NaN, and
 * nothing would be won.
 */
export function foldBinary(op: BinaryOp, left: Expr, right: Expr): Expr | undefined {
  if (typeOf(left) !== "i32") return undefined;
  if (left.kind === "const" && right.kind === "const") {
    if ((op === "/" || op === "%") && (left.value < 0 || right.value <= 0)) return undefined;
    return { kind: "const", type: "i32", value: evaluateBinary(op, left.value, right.value) };
  }
  if (right.kind === "const") return foldRight(op, left, right.value);
  if (left.kind === "const") return foldLeft(op, left.value, right);
  return undefined;
}

const zero: Expr = { kind: "const", type: "i32", value: 0 };

function foldRight(op: BinaryOp, left: Expr, value: number): Expr | undefined {
  switch (op) {
    case "+":
    case "-":
    case "<<":
    case ">>":
    case "^":
    case "+%":
    case "-%":
      return value === 0 ? left : undefined;
    case "*":
    case "*%":
      return value === 1 ? left : value === 0 ? zero : undefined;
    case "/":
      return value === 1 ? left : undefined;
    case "%":
      return value === 1 ? zero : undefined;
    case "&":
      return value === 0 ? zero : value === -1 ? left : undefined;
    case "min":
    case "max":
    case "<":
      return undefined;
  }
}

function foldLeft(op: BinaryOp, value: number, right: Expr): Expr | undefined {
  if ((op === "+" || op === "+%" || op === "^") && value === 0) return right;
  if (op === "*" || op === "*%") return value === 1 ? right : value === 0 ? zero : undefined;
  return undefined;
}
