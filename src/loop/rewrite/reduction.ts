/** Recognises loops that only add products of adjacent bytes to accumulators. */
import type { Buffer, Expr, Stmt } from "../ir.ts";
import { affineOf } from "../affine.ts";
import { isIndexValue } from "../range.ts";
import { elementBytes } from "../type-of.ts";
import { namesOf, substitute } from "../walk.ts";
import type { Context, Loop } from "./context.ts";

/** A byte less a zero point. */
export interface Factor {
  readonly buffer: Buffer;
  /** Moves by one element a turn. */
  readonly index: Expr;
  readonly zeroPoint: number;
}

/** One statement `acc = acc + a × b`. */
export interface Product {
  readonly acc: string;
  readonly factors: readonly [Factor, Factor];
  /** The statement, lets of the loop's body put in the place of their names. */
  readonly original: Stmt;
}

export type Reduction = readonly Product[];

/** The products of a loop's body, or undefined where it does anything else. */
export function reductionOf(loop: Loop, context: Context): Reduction | undefined {
  const values = new Map<string, Expr>();
  const products: Product[] = [];
  for (const s of loop.body) {
    if (s.kind === "let" && !context.assigned.has(s.name)) {
      values.set(s.name, substitute(s.value, values));
      continue;
    }
    if (s.kind !== "assign") return undefined;
    const original: Stmt = { ...s, value: substitute(s.value, values) };
    const factors = productOf(original.value, s.name)?.map((e) => factorOf(e, loop.index, context));
    if (!factors?.[0] || !factors[1]) return undefined;
    products.push({ acc: s.name, factors: [factors[0], factors[1]], original });
  }
  return products.length === 0 ? undefined : products;
}

/** a and b of `acc + a × b`. */
function productOf(e: Expr, acc: string): readonly [Expr, Expr] | undefined {
  if (e.kind !== "binary" || e.op !== "+") return undefined;
  const isAcc = (x: Expr): boolean => x.kind === "var" && x.name === acc;
  const product = isAcc(e.left) ? e.right : isAcc(e.right) ? e.left : undefined;
  return product?.kind === "binary" && product.op === "*" ? [product.left, product.right] : undefined;
}

function factorOf(e: Expr, index: string, context: Context): Factor | undefined {
  if (e.kind === "load") {
    return elementBytes[e.buffer.type] <= 2 && movesByOne(e.index, index, context)
      ? { buffer: e.buffer, index: e.index, zeroPoint: 0 }
      : undefined;
  }
  if (e.kind !== "binary" || (e.op !== "-" && e.op !== "+") || e.right.kind !== "const") return undefined;
  const zeroPoint = e.op === "-" ? e.right.value : -e.right.value;
  // The difference of a byte and a byte fits 16 bits; that of a wider element may not.
  if (e.left.kind !== "load" || e.left.buffer.type === "i16" || Math.abs(zeroPoint) > 255) return undefined;
  const load = factorOf(e.left, index, context);
  return load && { ...load, zeroPoint };
}

function movesByOne(e: Expr, index: string, context: Context): boolean {
  if (!isIndexValue(e, context.scope)) return false;
  const { terms } = affineOf(e);
  const others = [...terms].filter(([key]) => key !== index);
  return terms.get(index)?.coefficient === 1 && others.every(([, t]) => !namesOf(t.atom).has(index));
}
