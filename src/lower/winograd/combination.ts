/** Sums of values times small constants, and the sums that a point and its opposite have in common. */
import { add, addWrapping, c, mul, mulWrapping, sub, subWrapping } from "../../loop/build.ts";
import type { Expr } from "../../loop/ir.ts";
import { greatestCommonDivisor } from "./toom-cook.ts";

interface Arithmetic {
  readonly add: (a: Expr, b: Expr) => Expr;
  readonly sub: (a: Expr, b: Expr) => Expr;
  readonly mul: (a: Expr, b: Expr) => Expr;
}

/** Of numbers known to stay in 32 bits. */
export const exact: Arithmetic = { add, sub, mul };
/** Modulo 2^32. */
export const modular: Arithmetic = { add: addWrapping, sub: subWrapping, mul: mulWrapping };

/** Σ coefficient × value, what all coefficients have in common taken out and positive ones first. */
export function combination(
  coefficients: readonly number[],
  values: readonly Expr[],
  arithmetic: Arithmetic,
): Expr {
  const terms = coefficients.flatMap((x, i) => (x === 0 ? [] : [{ factor: x, value: values[i]! }]));
  const common = terms.reduce((gcd, { factor }) => greatestCommonDivisor(gcd, factor), 0);
  const ordered = [...terms.filter(({ factor }) => factor > 0), ...terms.filter(({ factor }) => factor < 0)];
  const times = (value: Expr, factor: number): Expr => arithmetic.mul(value, c(factor));
  const sum = ordered.reduce<Expr | undefined>((left, { factor, value }) => {
    const size = Math.abs(factor) / common;
    if (left === undefined) return times(value, factor / common);
    return factor > 0 ? arithmetic.add(left, times(value, size)) : arithmetic.sub(left, times(value, size));
  }, undefined);
  return sum === undefined ? c(0) : times(sum, common);
}

/** The coefficients of even places, or of odd ones. */
export const parity = (row: readonly number[], odd: 0 | 1): readonly number[] =>
  row.map((x, k) => (k % 2 === odd ? x : 0));

/** Points but the first (0) and the last (infinity) come in pairs of opposites: the first of each. */
export const pairs = (points: number): readonly number[] =>
  Array.from({ length: (points - 2) / 2 }, (_, i) => 1 + 2 * i);
