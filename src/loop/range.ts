/**
 * Interval analysis of i32 expressions: what is known of a value without running anything.
 *
 * Sums are bounded in normal form with lets expanded, so that `ky1 − ky0` cancels what the two have in common, and a
 * `min` or `max` in a sum is bounded case by case (x − 2 + max(0, 2 − x) is never negative).
 */
import type { Buffer, Expr, Stmt } from "./ir.ts";
import { type Affine, addAffine, affineOf, scaleAffine } from "./affine.ts";
import { visitExpr, visitStmts } from "./walk.ts";

/** All integers from lo to hi, both included. */
export interface Interval {
  readonly lo: number;
  readonly hi: number;
}

export const anyInt: Interval = { lo: -0x80000000, hi: 0x7fffffff };

/** Steps a kernel is taken to have when nobody says how many. */
const unknownRows = 1 << 16;

/**
 * What is known of a name. `index`: a loop index or `row`. `let`: declared once and never assigned; its value can be
 * put in its place. `variable`: assigned somewhere, so nothing is known.
 */
export type Definition =
  | { readonly kind: "index"; readonly range: Interval }
  | { readonly kind: "let"; readonly value: Expr; readonly isIndexValue: boolean }
  | { readonly kind: "variable" };

/** Definitions by name; names are unique in a kernel, so one map serves all its blocks. It grows as a walk proceeds. */
export type Scope = Map<string, Definition>;

export const newScope = (rows: number = unknownRows): Scope =>
  new Map([["row", { kind: "index", range: { lo: 0, hi: rows - 1 } }]]);

export function defineIndex(scope: Scope, name: string, count: Expr): void {
  scope.set(name, { kind: "index", range: { lo: 0, hi: Math.max(0, rangeOf(count, scope).hi - 1) } });
}

export function defineLet(scope: Scope, name: string, value: Expr): void {
  scope.set(name, { kind: "let", value, isIndexValue: isIndexValue(value, scope) });
}

/** Defines every name of a block; `assigned` are the names some statement of the kernel assigns. */
export function defineBlock(scope: Scope, block: readonly Stmt[], assigned: ReadonlySet<string>): void {
  visitStmts(block, (s) => {
    if (s.kind === "for") defineIndex(scope, s.index, s.count);
    if (s.kind === "let" && assigned.has(s.name)) scope.set(s.name, { kind: "variable" });
    else if (s.kind === "let") defineLet(scope, s.name, s.value);
  });
}

/** Whether a value follows from `row` and loop indices alone: index arithmetic, as opposed to data. */
export function isIndexValue(e: Expr, scope: Scope): boolean {
  let only = true;
  visitExpr(e, (x) => {
    if (x.kind === "load" || x.kind === "widen" || x.kind === "intrinsic") only = false;
    else if (x.kind === "const" && x.type !== "i32") only = false;
    else if (x.kind === "var" && !isIndexName(scope.get(x.name))) only = false;
  });
  return only;
}

function isIndexName(definition: Definition | undefined): boolean {
  return definition?.kind === "index" || (definition?.kind === "let" && definition.isIndexValue);
}

/** Puts the value of an index let in the place of its name. */
export function expandLets(scope: Scope): (name: string) => Expr | undefined {
  return (name) => {
    const definition = scope.get(name);
    return definition?.kind === "let" && definition.isIndexValue ? definition.value : undefined;
  };
}

/** Every value `e` can take lies in this interval. */
export function rangeOf(e: Expr, scope: Scope): Interval {
  return rangeOfAffine(affineOf(e, expandLets(scope)), scope);
}

/** Whether arithmetic inside `e` may leave the 32 bits, so that sums of it cannot be compared as integers. */
export function mayWrap(e: Expr, scope: Scope): boolean {
  const range = rangeOf(e, scope);
  return range.lo === anyInt.lo && range.hi === anyInt.hi;
}

/** More than this many `min` and `max` in one sum are bounded one by one instead of case by case. */
const mostSplits = 6;

export function rangeOfAffine(a: Affine, scope: Scope, splits = 0): Interval {
  const split = splits < mostSplits ? splitCases(a, scope) : undefined;
  if (split !== undefined) {
    const first = rangeOfAffine(split.first, scope, splits + 1);
    const second = rangeOfAffine(split.second, scope, splits + 1);
    const pick = split.isMax ? Math.max : Math.min;
    return { lo: pick(first.lo, second.lo), hi: pick(first.hi, second.hi) };
  }
  let lo = a.constant;
  let hi = a.constant;
  for (const { atom, coefficient } of a.terms.values()) {
    const range = rangeOfAtom(atom, scope);
    lo += coefficient * (coefficient > 0 ? range.lo : range.hi);
    hi += coefficient * (coefficient > 0 ? range.hi : range.lo);
  }
  return intInterval(lo, hi);
}

/** A sum with a `min` or `max` in it as the extreme of two sums. */
function splitCases(a: Affine, scope: Scope): { first: Affine; second: Affine; isMax: boolean } | undefined {
  for (const [key, { atom, coefficient }] of a.terms) {
    if (atom.kind !== "binary" || (atom.op !== "min" && atom.op !== "max")) continue;
    if (mayWrap(atom.left, scope) || mayWrap(atom.right, scope)) continue;
    const terms = new Map(a.terms);
    terms.delete(key);
    const rest: Affine = { terms, constant: a.constant };
    const put = (e: Expr): Affine =>
      addAffine(rest, scaleAffine(affineOf(e, expandLets(scope)), coefficient));
    return { first: put(atom.left), second: put(atom.right), isMax: (atom.op === "max") === coefficient > 0 };
  }
  return undefined;
}

function intInterval(lo: number, hi: number): Interval {
  return lo < anyInt.lo || hi > anyInt.hi || Number.isNaN(lo + hi) ? anyInt : { lo, hi };
}

function rangeOfAtom(atom: Expr, scope: Scope): Interval {
  switch (atom.kind) {
    case "const":
      return { lo: atom.value, hi: atom.value };
    case "var": {
      const definition = scope.get(atom.name);
      if (definition?.kind === "index") return definition.range;
      return definition?.kind === "let" ? rangeOf(definition.value, scope) : anyInt;
    }
    case "load":
      return rangeOfLoad(atom.buffer);
    case "select": {
      const then = rangeOf(atom.then, scope);
      const otherwise = rangeOf(atom.else, scope);
      return { lo: Math.min(then.lo, otherwise.lo), hi: Math.max(then.hi, otherwise.hi) };
    }
    case "binary":
      return rangeOfBinary(atom, scope);
    case "widen":
    case "intrinsic":
      return anyInt;
  }
}

function rangeOfLoad({ type, most }: Buffer): Interval {
  if (most !== undefined) return { lo: 0, hi: most };
  switch (type) {
    case "i8":
      return { lo: -128, hi: 127 };
    case "u8":
      return { lo: 0, hi: 255 };
    case "i16":
      return { lo: -32768, hi: 32767 };
    case "i32":
    case "f32":
      return anyInt;
  }
}

function rangeOfBinary(e: Extract<Expr, { kind: "binary" }>, scope: Scope): Interval {
  const left = rangeOf(e.left, scope);
  const right = rangeOf(e.right, scope);
  switch (e.op) {
    case "+":
      return intInterval(left.lo + right.lo, left.hi + right.hi);
    case "-":
      return intInterval(left.lo - right.hi, left.hi - right.lo);
    case "*": {
      const corners = [left.lo * right.lo, left.lo * right.hi, left.hi * right.lo, left.hi * right.hi];
      return intInterval(Math.min(...corners), Math.max(...corners));
    }
    case "/":
      return right.lo > 0
        ? { lo: Math.floor(Math.max(0, left.lo) / right.hi), hi: Math.floor(Math.max(0, left.hi) / right.lo) }
        : { lo: 0, hi: Math.max(0, left.hi) };
    case "%":
      return { lo: 0, hi: Math.max(0, Math.min(left.hi, right.hi - 1)) };
    case "&":
      return right.lo >= 0 ? { lo: 0, hi: right.hi } : anyInt;
    case ">>":
      return right.lo === right.hi && right.lo >= 0
        ? { lo: left.lo >> right.lo, hi: left.hi >> right.lo }
        : { lo: Math.min(left.lo, 0), hi: Math.max(left.hi, -1) };
    case "<<":
      return right.lo === right.hi && right.lo >= 0 && right.lo < 31
        ? intInterval(left.lo * 2 ** right.lo, left.hi * 2 ** right.lo)
        : anyInt;
    case "min":
      return { lo: Math.min(left.lo, right.lo), hi: Math.min(left.hi, right.hi) };
    case "max":
      return { lo: Math.max(left.lo, right.lo), hi: Math.max(left.hi, right.hi) };
    case "<":
      return { lo: 0, hi: 1 };
    case "^":
    case "+%":
    case "-%":
    case "*%":
      return anyInt;
  }
}
