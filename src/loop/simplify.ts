/**
 * Says the same thing shorter: constants folded, index arithmetic in normal form, `min`, `max`, `%` and `/` resolved
 * where the ranges of the indices decide them, loops of one turn opened, loops of none and unused lets dropped.
 *
 * It never makes a program longer and never touches float arithmetic. Sharing and moving are rewrites (`rewrite/`).
 */
import type { Expr, Kernel, Stmt } from "./ir.ts";
import { affineOf, exprOf, subAffine } from "./affine.ts";
import { binary, c } from "./build.ts";
import {
  type Interval,
  type Scope,
  anyInt,
  defineIndex,
  defineLet,
  expandLets,
  isIndexValue,
  mayWrap,
  newScope,
  rangeOf,
  rangeOfAffine,
} from "./range.ts";
import { typeOf } from "./type-of.ts";
import { assignedIn, exprsOf, mapChildren, mapExprs, substitute, visitExpr, visitStmts } from "./walk.ts";

/** `rows`: how many values `row` takes, from 0; without it any `row` below 65536 is allowed for. */
export function simplifyKernel(kernel: Kernel, rows?: number): Kernel {
  const state: State = { scope: newScope(rows), assigned: assignedIn(kernel.body), inlined: new Map() };
  return { ...kernel, body: dropUnused(simplifyBlock(kernel.body, state)) };
}

interface State {
  readonly scope: Scope;
  readonly assigned: ReadonlySet<string>;
  /** Names that are no more, and what stands in their place. */
  readonly inlined: Map<string, Expr>;
}

function simplifyBlock(block: readonly Stmt[], state: State): readonly Stmt[] {
  return block.flatMap((s) => simplifyStmt(s, state));
}

function simplifyStmt(original: Stmt, state: State): readonly Stmt[] {
  const s = mapExprs(original, (e) => simplifyExpr(substitute(e, state.inlined), state.scope));
  switch (s.kind) {
    case "for":
      return simplifyLoop(s, state);
    case "let":
      if (state.assigned.has(s.name)) {
        state.scope.set(s.name, { kind: "variable" });
      } else if (isCheapAs(s.value, state)) {
        state.inlined.set(s.name, s.value);
        return [];
      } else {
        defineLet(state.scope, s.name, s.value);
      }
      return [s];
    case "assign":
      return s.value.kind === "var" && s.value.name === s.name ? [] : [s];
    case "store":
    case "copy":
      return [s];
  }
}

function simplifyLoop(s: Extract<Stmt, { kind: "for" }>, state: State): readonly Stmt[] {
  const count = rangeOf(s.count, state.scope);
  if (count.hi <= 0) return [];
  if (count.lo === 1 && count.hi === 1) {
    state.inlined.set(s.index, c(0));
    return simplifyBlock(s.body, state);
  }
  defineIndex(state.scope, s.index, s.count);
  const body = simplifyBlock(s.body, state);
  return body.length === 0 ? [] : [{ ...s, body }];
}

/** Whether a value may stand wherever its name stood: a constant, an unchanging name, or one plus a constant. */
function isCheapAs(value: Expr, state: State): boolean {
  if (value.kind === "const") return true;
  if (value.kind === "var") return !state.assigned.has(value.name);
  return isNameAndConstant(value) && isIndexValue(value, state.scope);
}

/** `name + 3`, `name − 3`: what an addressing mode adds for nothing. */
export function isNameAndConstant(e: Expr): boolean {
  return (
    e.kind === "binary" && (e.op === "+" || e.op === "-") && e.left.kind === "var" && e.right.kind === "const"
  );
}

/** `e` in its shortest known form, given what `scope` knows of its names. */
export function simplifyExpr(e: Expr, scope: Scope): Expr {
  if (typeOf(e) === "i32" && isIndexValue(e, scope)) return simplifyIndex(e, scope);
  const inner = mapChildren(e, (child) => simplifyExpr(child, scope));
  if (inner.kind === "select" && inner.condition.kind === "const") {
    return inner.condition.value !== 0 ? inner.then : inner.else;
  }
  return inner.kind === "binary" && typeOf(inner) === "i32" ? simplifyAtom(inner, scope) : inner;
}

function simplifyIndex(e: Expr, scope: Scope): Expr {
  const range = rangeOf(e, scope);
  if (range.lo === range.hi) return c(range.lo);
  return exprOf(affineOf(simplifyInside(e, scope)));
}

/** Simplifies every atom of an index expression. */
function simplifyInside(e: Expr, scope: Scope): Expr {
  const inner = mapChildren(e, (child) => simplifyInside(child, scope));
  if (inner.kind === "select" && inner.condition.kind === "const") {
    return inner.condition.value !== 0 ? inner.then : inner.else;
  }
  if (inner.kind !== "binary") return inner;
  if (inner.op === "+" || inner.op === "-" || inner.op === "*") {
    return binary(inner.op, exprOf(affineOf(inner.left)), exprOf(affineOf(inner.right)));
  }
  return simplifyAtom(
    { ...inner, left: exprOf(affineOf(inner.left)), right: exprOf(affineOf(inner.right)) },
    scope,
  );
}

/** One operation whose operands are simple already. */
function simplifyAtom(e: Extract<Expr, { kind: "binary" }>, scope: Scope): Expr {
  switch (e.op) {
    case "max":
    case "min": {
      const { lo, hi } = rangeOfDifference(e.left, e.right, scope);
      if (lo >= 0) return e.op === "max" ? e.left : e.right;
      if (hi <= 0) return e.op === "max" ? e.right : e.left;
      return binary(e.op, e.left, e.right);
    }
    case "<": {
      const { lo, hi } = rangeOfDifference(e.left, e.right, scope);
      return lo >= 0 ? c(0) : hi < 0 ? c(1) : e;
    }
    case "%":
    case "/":
      return e.right.kind === "const" && e.right.value > 0 ? simplifyDivision(e, e.right.value, scope) : e;
    case "+":
    case "-":
    case "*":
    case "<<":
    case ">>":
    case "&":
    case "^":
    case "+%":
    case "-%":
    case "*%":
      return binary(e.op, e.left, e.right);
  }
}

/** left − right as an integer that does not wrap, so that its sign says which is larger. */
function rangeOfDifference(left: Expr, right: Expr, scope: Scope): Interval {
  if (mayWrap(left, scope) || mayWrap(right, scope)) return anyInt;
  const expand = expandLets(scope);
  return rangeOfAffine(subAffine(affineOf(left, expand), affineOf(right, expand)), scope);
}

/** (m·a + b) / m = a and (m·a + b) % m = b wherever 0 <= b < m. */
function simplifyDivision(e: Extract<Expr, { kind: "binary" }>, divisor: number, scope: Scope): Expr {
  const folded = binary(e.op, e.left, e.right);
  if (folded.kind !== "binary" || !isIndexValue(e.left, scope) || mayWrap(e.left, scope)) return folded;
  const whole = affineOf(e.left);
  const terms = [...whole.terms];
  const isMultiple = ([, t]: (typeof terms)[number]): boolean => t.coefficient % divisor === 0;
  const constantRest = ((whole.constant % divisor) + divisor) % divisor;
  const rest = { terms: new Map(terms.filter((t) => !isMultiple(t))), constant: constantRest };
  const range = rangeOfAffine(affineOf(exprOf(rest), expandLets(scope)), scope);
  if (range.lo < 0 || range.hi >= divisor) return folded;
  if (e.op === "%") return exprOf(rest);
  const quotients = terms.filter(isMultiple).map(([key, t]) => {
    return [key, { atom: t.atom, coefficient: t.coefficient / divisor }] as const;
  });
  return exprOf({ terms: new Map(quotients), constant: (whole.constant - constantRest) / divisor });
}

/** Lets nobody reads are dropped, and then those only they read. */
function dropUnused(block: readonly Stmt[]): readonly Stmt[] {
  const used = new Set<string>();
  visitStmts(block, (s) => {
    if (s.kind === "assign") used.add(s.name);
    for (const e of exprsOf(s)) {
      visitExpr(e, (x) => {
        if (x.kind === "var") used.add(x.name);
      });
    }
  });
  let dropped = false;
  const keep = (inner: readonly Stmt[]): readonly Stmt[] =>
    inner.flatMap((s): readonly Stmt[] => {
      if (s.kind === "let" && !used.has(s.name)) {
        dropped = true;
        return [];
      }
      if (s.kind !== "for") return [s];
      const body = keep(s.body);
      return body.length === 0 ? [] : [{ ...s, body }];
    });
  const kept = keep(block);
  return dropped ? dropUnused(kept) : kept;
}
