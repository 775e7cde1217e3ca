/**
 * Which operations an expression or a statement is, evaluated once: the rules of `operation.ts` in code.
 *
 * The counter multiplies these by trip counts; the interpreter's observer adds them each time a statement runs.
 */
import type { BinaryOp, Buffer, Expr, IntrinsicName, Stmt } from "./ir.ts";
import type { Operation } from "./operation.ts";
import { type Scope, isIndexValue } from "./range.ts";
import { elementBytes, lanesOf, typeOf } from "./type-of.ts";
import { childrenOf } from "./walk.ts";

export type Charge = (operation: Operation, times: number) => void;

/** Charges what a statement does itself; of a loop the evaluation of its count, not its turns. */
export function chargeStmt(s: Stmt, scope: Scope, charge: Charge): void {
  switch (s.kind) {
    case "for":
      chargeExpr(s.count, scope, charge);
      return;
    case "let":
    case "assign":
      chargeExpr(s.value, scope, charge);
      return;
    case "store":
      chargeIndex(s.index, scope, charge);
      chargeExpr(s.value, scope, charge);
      charge(lanesOf(typeOf(s.value)) > 1 ? "store128" : storeOf(s.buffer), 1);
      return;
    case "copy": {
      chargeIndex(s.toIndex, scope, charge);
      chargeIndex(s.fromIndex, scope, charge);
      const bytes = s.count * elementBytes[s.from.type];
      const isConstant = s.from.space === "constant";
      charge(isConstant ? "loadConst32" : "load32", Math.floor(bytes / 4));
      charge(isConstant ? "loadConst8" : "load8", bytes % 4);
      charge("store32", Math.floor(bytes / 4));
      charge("store8", bytes % 4);
    }
  }
}

const storeOf = (buffer: Buffer): Operation =>
  (["store8", "store16", "store32"] as const)[elementBytes[buffer.type] >> 1]!;

function loadOf(buffer: Buffer): Operation {
  const width = elementBytes[buffer.type] >> 1;
  return buffer.space === "constant"
    ? (["loadConst8", "loadConst16", "loadConst32"] as const)[width]!
    : (["load8", "load16", "load32"] as const)[width]!;
}

/** Two 16-bit elements are one word as they are: a load like any other. */
function widenOf({ buffer, lanes, wide }: Extract<Expr, { kind: "widen" }>): Operation {
  const isConstant = buffer.space === "constant";
  if (lanes === 16 || wide || buffer.type === "i32") return isConstant ? "loadConst128" : "load128";
  if (lanes === 4) return "word";
  if (lanes === 2 && buffer.type === "i16") return isConstant ? "loadConst32" : "load32";
  return isConstant ? `widenConst${lanes}` : `widen${lanes}`;
}

/** An index without the constant its addressing mode adds. */
function chargeIndex(index: Expr, scope: Scope, charge: Charge): void {
  const isFolded =
    index.kind === "binary" && (index.op === "+" || index.op === "-") && index.right.kind === "const";
  chargeExpr(isFolded ? index.left : index, scope, charge);
}

function chargeExpr(e: Expr, scope: Scope, charge: Charge): void {
  switch (e.kind) {
    case "const":
    case "var":
      return;
    case "load":
      chargeIndex(e.index, scope, charge);
      charge(loadOf(e.buffer), 1);
      return;
    case "widen":
      chargeIndex(e.index, scope, charge);
      charge(widenOf(e), 1);
      return;
    case "binary":
      chargeBinary(e, scope, charge);
      return;
    case "select":
      for (const child of childrenOf(e)) chargeExpr(child, scope, charge);
      charge("select", 1);
      return;
    case "intrinsic":
      for (const arg of e.args) chargeExpr(arg, scope, charge);
      if (e.name !== "halves" && e.name !== "wordOf")
        charge(intrinsicOf(e.name, e), e.name === "scaledOnce4" ? 5 : 1);
  }
}

function chargeBinary(e: Extract<Expr, { kind: "binary" }>, scope: Scope, charge: Charge): void {
  const isFloat = typeOf(e) === "f32";
  const isIndex = !isFloat && isIndexValue(e, scope);
  const product = isIndex ? undefined : addedProduct(e, scope);
  if (product) {
    chargeExpr(product.addend, scope, charge);
    chargeExpr(product.left, scope, charge);
    chargeExpr(product.right, scope, charge);
    charge(isFloat ? "fmac" : "mac", 1);
    return;
  }
  chargeExpr(e.left, scope, charge);
  chargeExpr(e.right, scope, charge);
  if (isDot(e.left) || isDot(e.right)) {
    if (isSum(e.op)) return;
  }
  charge(binaryOf(e, isFloat, isIndex), 1);
}

const isSum = (op: BinaryOp): boolean => op === "+" || op === "+%";
const isProduct = (op: BinaryOp): boolean => op === "*" || op === "*%";

/** The parts of `a + b × c`, the product being data. */
function addedProduct(
  e: Extract<Expr, { kind: "binary" }>,
  scope: Scope,
): { addend: Expr; left: Expr; right: Expr } | undefined {
  if (!isSum(e.op)) return undefined;
  for (const [product, addend] of [
    [e.right, e.left],
    [e.left, e.right],
  ] as const) {
    if (product.kind === "binary" && isProduct(product.op) && !isIndexValue(product, scope)) {
      return { addend, left: product.left, right: product.right };
    }
  }
  return undefined;
}

/** A dot product whose sum is part of the operation. */
const isDot = (e: Expr): boolean => isDot2(e) || (e.kind === "intrinsic" && e.name === "dot16");

const isDot2 = (e: Expr): boolean => e.kind === "intrinsic" && e.name === "dot" && typeOf(e) === "i32";

function binaryOf(e: Extract<Expr, { kind: "binary" }>, isFloat: boolean, isIndex: boolean): Operation {
  switch (e.op) {
    case "min":
    case "max":
      return isFloat ? "fminMax" : "minMax";
    case "/":
      return isFloat ? "fdiv" : "divide";
    case "%":
      return "divide";
    case "*":
    case "*%":
      return isFloat ? "fmul" : isIndex ? "address" : "mul";
    case "+":
    case "-":
    case "<<":
    case ">>":
    case "&":
    case "^":
    case "+%":
    case "-%":
    case "<":
      return isFloat ? "fadd" : isIndex ? "address" : "add";
  }
}

function intrinsicOf(name: Exclude<IntrinsicName, "halves" | "wordOf">, e: Expr): Operation {
  switch (name) {
    case "requantize":
    case "requantizeOnce":
    case "requantizeNearest":
    case "pack2":
      return name;
    case "dot16":
    case "four":
    case "scaled4":
      return name;
    case "scaledOnce4":
    case "maxLanes":
    case "splat16":
    case "splat4":
    case "mulAdd4":
    case "shifted4":
      return "vector";
    case "tops2":
      return "pack2";
    case "evens":
    case "odds":
    case "oddsUnsigned":
      return "bytes2";
    case "dot":
      return isDot2(e) ? "dot2" : "dot8";
    case "sum":
      return "sumLanes";
    case "bitsOf":
    case "fromBits":
      return "bits";
    case "splat":
    case "splat2":
    case "zero":
    case "addLanes":
    case "subLanes":
      return "lanes";
  }
}
