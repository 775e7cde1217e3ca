/**
 * The normal form of index arithmetic: a sum of coefficient × atom plus a constant, exact modulo 2^32.
 *
 * An atom is a name or any expression that is not a sum, difference or constant multiple (`%`, `min`, a load, …).
 */
import type { Expr } from "./ir.ts";
import { binary, c } from "./build.ts";
import { keyOf } from "./walk.ts";

export interface Term {
  readonly atom: Expr;
  /** Never 0. */
  readonly coefficient: number;
}

/** Terms by the key of their atom, in order of first appearance. */
export interface Affine {
  readonly terms: ReadonlyMap<string, Term>;
  readonly constant: number;
}

const constantAffine = (constant: number): Affine => ({ terms: new Map(), constant: constant | 0 });

const atomAffine = (atom: Expr): Affine => ({
  terms: new Map([[keyOf(atom), { atom, coefficient: 1 }]]),
  constant: 0,
});

export function addAffine(a: Affine, b: Affine): Affine {
  if (b.terms.size === 0) return { terms: a.terms, constant: (a.constant + b.constant) | 0 };
  const terms = new Map(a.terms);
  for (const [key, { atom, coefficient }] of b.terms) {
    const sum = ((terms.get(key)?.coefficient ?? 0) + coefficient) | 0;
    if (sum === 0) terms.delete(key);
    else terms.set(key, { atom, coefficient: sum });
  }
  return { terms, constant: (a.constant + b.constant) | 0 };
}

export function scaleAffine(a: Affine, factor: number): Affine {
  if (factor === 1) return a;
  const terms = new Map<string, Term>();
  for (const [key, { atom, coefficient }] of a.terms) {
    const product = Math.imul(coefficient, factor);
    if (product !== 0) terms.set(key, { atom, coefficient: product });
  }
  return { terms, constant: Math.imul(a.constant, factor) };
}

export const subAffine = (a: Affine, b: Affine): Affine => addAffine(a, scaleAffine(b, -1));

/**
 * The normal form of an i32 expression. `expand` may give the meaning of a name (a `let`'s value), which is then
 * normalised in its place.
 */
export function affineOf(e: Expr, expand: (name: string) => Expr | undefined = () => undefined): Affine {
  if (e.kind === "const") return constantAffine(e.value);
  if (e.kind === "var") {
    const meaning = expand(e.name);
    return meaning === undefined ? atomAffine(e) : affineOf(meaning, expand);
  }
  if (e.kind !== "binary") return atomAffine(e);
  if (e.op === "+") return addAffine(affineOf(e.left, expand), affineOf(e.right, expand));
  if (e.op === "-") return subAffine(affineOf(e.left, expand), affineOf(e.right, expand));
  if (e.op === "*") {
    const left = affineOf(e.left, expand);
    const right = affineOf(e.right, expand);
    if (right.terms.size === 0) return scaleAffine(left, right.constant);
    if (left.terms.size === 0) return scaleAffine(right, left.constant);
  }
  if (e.op === "<<" && e.right.kind === "const" && e.right.value >= 0 && e.right.value < 32) {
    return scaleAffine(affineOf(e.left, expand), 1 << e.right.value);
  }
  return atomAffine(e);
}

/**
 * A normal form as an expression again: positive terms first, in order, then the negative ones, then the constant.
 * Terms with one coefficient are added before they are multiplied.
 */
export function exprOf(a: Affine): Expr {
  const products = groupsOf(a).map(({ coefficient, atoms }) => ({
    isNegative: coefficient < 0,
    value: binary(
      "*",
      atoms.reduce((x, y) => binary("+", x, y)),
      c(Math.abs(coefficient)),
    ),
  }));
  const positive = products.filter((p) => !p.isNegative).map((p) => p.value);
  const negative = products.filter((p) => p.isNegative).map((p) => p.value);
  const leadsWithConstant = positive.length === 0;
  const start = leadsWithConstant ? c(a.constant) : positive.reduce((x, y) => binary("+", x, y));
  const sum = negative.reduce((x, y) => binary("-", x, y), start);
  if (leadsWithConstant) return sum;
  return a.constant < 0 ? binary("-", sum, c(-a.constant | 0)) : binary("+", sum, c(a.constant));
}

/** Atoms by coefficient, in order of first appearance; those of coefficient 1 each alone. */
function groupsOf(a: Affine): readonly { readonly coefficient: number; readonly atoms: readonly Expr[] }[] {
  const groups: { coefficient: number; atoms: Expr[] }[] = [];
  for (const { atom, coefficient } of a.terms.values()) {
    const group = coefficient === 1 ? undefined : groups.find((g) => g.coefficient === coefficient);
    if (group) group.atoms.push(atom);
    else groups.push({ coefficient, atoms: [atom] });
  }
  return groups;
}
