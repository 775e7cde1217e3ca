/**
 * Short names for the nodes of the IR, so that a lowering reads like the loop nest it builds.
 *
 * i32 operations on constants are folded on the way (so `add(x, c(0))` is `x`); anything cleverer is `simplify.ts`.
 */
import type { BinaryOp, Buffer, Expr, IntrinsicName, Stmt, ValueType } from "./ir.ts";
import { foldBinary } from "./fold.ts";

/** An i32 constant. */
export const c = (value: number): Expr => ({ kind: "const", type: "i32", value });

/** An f32 constant, rounded to single precision. */
export const f = (value: number): Expr => ({ kind: "const", type: "f32", value: Math.fround(value) });

export const v = (name: string, type: ValueType = "i32"): Expr => ({ kind: "var", type, name });

/** The kernel's parameter. */
export const row: Expr = v("row");

/** An expression, or an integer meant as an i32 constant. */
export type Operand = Expr | number;

const expr = (x: Operand): Expr => (typeof x === "number" ? c(x) : x);

export function binary(op: BinaryOp, left: Operand, right: Operand): Expr {
  const a = expr(left);
  const b = expr(right);
  return foldBinary(op, a, b) ?? { kind: "binary", op, left: a, right: b };
}

/** The sum of its operands, from the left. */
export const add = (first: Operand, ...rest: readonly Operand[]): Expr =>
  rest.reduce<Expr>((sum, x) => binary("+", sum, x), expr(first));
/** The product of its operands, from the left. */
export const mul = (first: Operand, ...rest: readonly Operand[]): Expr =>
  rest.reduce<Expr>((product, x) => binary("*", product, x), expr(first));
export const sub = (a: Operand, b: Operand): Expr => binary("-", a, b);
export const div = (a: Operand, b: Operand): Expr => binary("/", a, b);
export const mod = (a: Operand, b: Operand): Expr => binary("%", a, b);
export const shl = (a: Operand, b: Operand): Expr => binary("<<", a, b);
export const shr = (a: Operand, b: Operand): Expr => binary(">>", a, b);
export const and = (a: Operand, b: Operand): Expr => binary("&", a, b);
export const xor = (a: Operand, b: Operand): Expr => binary("^", a, b);
export const addWrapping = (a: Operand, b: Operand): Expr => binary("+%", a, b);
export const subWrapping = (a: Operand, b: Operand): Expr => binary("-%", a, b);
export const mulWrapping = (a: Operand, b: Operand): Expr => binary("*%", a, b);
export const min = (a: Operand, b: Operand): Expr => binary("min", a, b);
export const max = (a: Operand, b: Operand): Expr => binary("max", a, b);
export const less = (a: Operand, b: Operand): Expr => binary("<", a, b);

export const load = (buffer: Buffer, index: Operand): Expr => ({ kind: "load", buffer, index: expr(index) });

export const widen = (buffer: Buffer, index: Operand, lanes: 2 | 4 | 8 | 16): Expr => ({
  kind: "widen",
  buffer,
  index: expr(index),
  lanes,
});

/** Four adjacent bytes as one i32, the first the lowest; wherever they lie. */
export const word = (buffer: Buffer, index: Operand): Expr => widen(buffer, index, 4);

/** Four adjacent bytes as an i32x4. */
export const wideBytes = (buffer: Buffer, index: Operand): Expr => ({
  kind: "widen",
  buffer,
  index: expr(index),
  lanes: 4,
  wide: true,
});

export const select = (condition: Operand, then: Operand, otherwise: Operand): Expr => ({
  kind: "select",
  condition: expr(condition),
  then: expr(then),
  else: expr(otherwise),
});

export const intrinsic = (name: IntrinsicName, ...args: readonly Operand[]): Expr => ({
  kind: "intrinsic",
  name,
  args: args.map(expr),
});

export const requantize = (acc: Operand, multiplier: Operand, shift: Operand): Expr =>
  intrinsic("requantize", acc, multiplier, shift);

export const requantizeOnce = (acc: Operand, multiplier: Operand, shift: Operand): Expr =>
  intrinsic("requantizeOnce", acc, multiplier, shift);

export const dot = (a: Expr, b: Expr): Expr => intrinsic("dot", a, b);
export const evens = (word: Operand): Expr => intrinsic("evens", word);
export const odds = (word: Operand): Expr => intrinsic("odds", word);
export const halves = (word: Operand): Expr => intrinsic("halves", word);
export const wordOf = (lanes: Expr): Expr => intrinsic("wordOf", lanes);
export const oddsUnsigned = (word: Operand): Expr => intrinsic("oddsUnsigned", word);
export const tops2 = (low: Operand, high: Operand): Expr => intrinsic("tops2", low, high);
export const pack2 = (low: Operand, high: Operand): Expr => intrinsic("pack2", low, high);
export const requantizeNearest = (acc: Operand, multiplier: Operand, shift: Operand): Expr =>
  intrinsic("requantizeNearest", acc, multiplier, shift);

/** `acc` + the sum of the sixteen products of two i8x16. */
export const addDot16 = (acc: Operand, a: Expr, b: Expr): Expr => add(acc, intrinsic("dot16", a, b));
export const splat16 = (x: Operand): Expr => intrinsic("splat16", x);
export const four = (...lanes: readonly [Operand, Operand, Operand, Operand]): Expr =>
  intrinsic("four", ...lanes);
export const maxLanes = (a: Expr, b: Expr): Expr => intrinsic("maxLanes", a, b);

export const bitsOf = (x: Expr): Expr => intrinsic("bitsOf", x);
export const fromBits = (x: Operand): Expr => intrinsic("fromBits", x);

/** `value` limited to [low, high]. */
export const clamp = (value: Operand, low: Operand, high: Operand): Expr => min(max(value, low), high);

export const forLoop = (index: string, count: Operand, body: readonly Stmt[]): Stmt => ({
  kind: "for",
  index,
  count: expr(count),
  body,
});

/** Declares a name; `let` is taken. */
export const declare = (name: string, value: Operand): Stmt => ({ kind: "let", name, value: expr(value) });

export const assign = (name: string, value: Operand): Stmt => ({ kind: "assign", name, value: expr(value) });

export const store = (buffer: Buffer, index: Operand, value: Operand): Stmt => ({
  kind: "store",
  buffer,
  index: expr(index),
  value: expr(value),
});

/** Stores the low bytes of eight lanes, `pitch` elements apart. */
export const storeApart = (buffer: Buffer, index: Operand, value: Expr, pitch: number): Stmt => ({
  kind: "store",
  buffer,
  index: expr(index),
  value,
  pitch,
});

export const copy = (
  to: Buffer,
  toIndex: Operand,
  from: Buffer,
  fromIndex: Operand,
  count: number,
): Stmt => ({
  kind: "copy",
  to,
  toIndex: expr(toIndex),
  from,
  fromIndex: expr(fromIndex),
  count,
});
