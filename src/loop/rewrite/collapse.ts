import type { Expr, Kernel, Stmt } from "../ir.ts";
import { type Affine, affineOf, exprOf } from "../affine.ts";
import { mul, v } from "../build.ts";
import { type Scope, defineIndex, isIndexValue } from "../range.ts";
import { simplifyExpr } from "../simplify.ts";
import { typeOf } from "../type-of.ts";
import { mapChildren, mapExprs, namesOf, substitute } from "../walk.ts";
import { type Context, type Loop, contextOf, releaseNames, rewriteLoops } from "./context.ts";
import { originOf, takeName } from "./names.ts";

/**
 * Makes one loop, named as the inner one, of two perfectly nested loops, where the inner turns a constant number of
 * times n and every address moves n times as far for a turn of the outer as for one of the inner: the two run over
 * contiguous memory. Where the inner loop turned once and was opened, the outer takes its name.
 */
export function collapse(kernel: Kernel, outer: string, inner: string, rows?: number): Kernel {
  const context = contextOf(kernel, rows);
  return rewriteLoops(kernel, outer, (loop) => {
    if (!loop.body.some((s) => s.kind === "for")) return [renamedLoop(loop, inner, context)];
    return [collapsed(loop, inner, context) ?? loop];
  });
}

function renamedLoop(loop: Loop, name: string, context: Context): Loop {
  const index = takeName(context.names, name);
  defineIndex(context.scope, index, loop.count);
  const body = loop.body.map((s) => mapExprs(s, (e) => substitute(e, new Map([[loop.index, v(index)]]))));
  return { ...loop, index, body };
}

function collapsed(outer: Loop, name: string, context: Context): Loop | undefined {
  const nested = perfectNest(outer, context);
  if (!nested || originOf(nested.index) !== name || nested.count.kind !== "const") return undefined;
  const turns = nested.count.value;
  let isContiguous = true;
  const body = mapBlock(nested.body, (e) => {
    const merged = merging(e, outer.index, nested.index, turns, context.scope);
    isContiguous &&= merged !== undefined;
    return merged ?? e;
  });
  if (!isContiguous) return undefined;
  releaseNames({ ...outer, body: [] }, context.names);
  const count = simplifyExpr(mul(outer.count, turns), context.scope);
  defineIndex(context.scope, nested.index, count);
  return { kind: "for", index: nested.index, count, body };
}

/** The only loop of a body, with the index lets before it put in the place of their names. */
function perfectNest(outer: Loop, context: Context): Loop | undefined {
  const nested = outer.body.at(-1);
  if (nested?.kind !== "for") return undefined;
  const values = new Map<string, Expr>();
  for (const s of outer.body.slice(0, -1)) {
    if (s.kind !== "let" || context.assigned.has(s.name) || !isIndexValue(s.value, context.scope))
      return undefined;
    values.set(s.name, substitute(s.value, values));
  }
  const put = (e: Expr): Expr => substitute(e, values);
  return { ...nested, count: put(nested.count), body: mapBlock(nested.body, put) };
}

function mapBlock(block: readonly Stmt[], change: (e: Expr) => Expr): readonly Stmt[] {
  return block.map((s) => {
    const changed = mapExprs(s, change);
    return changed.kind === "for" ? { ...changed, body: mapBlock(changed.body, change) } : changed;
  });
}

/** `e` with outer × n + inner written as inner, or undefined where the two occur otherwise. */
function merging(e: Expr, outer: string, inner: string, n: number, scope: Scope): Expr | undefined {
  const names = namesOf(e);
  if (!names.has(outer) && !names.has(inner)) return e;
  if (typeOf(e) === "i32" && isIndexValue(e, scope)) {
    const merged = mergedAffine(affineOf(e), outer, inner, n);
    return merged && exprOf(merged);
  }
  let failed = false;
  const changed = mapChildren(e, (child) => {
    const merged = merging(child, outer, inner, n, scope);
    failed ||= merged === undefined;
    return merged ?? child;
  });
  return failed ? undefined : changed;
}

function mergedAffine(a: Affine, outer: string, inner: string, n: number): Affine | undefined {
  const step = a.terms.get(inner)?.coefficient ?? 0;
  if (a.terms.get(outer)?.coefficient !== step * n) return undefined;
  const terms = new Map(a.terms);
  terms.delete(outer);
  for (const { atom } of terms.values()) {
    const names = namesOf(atom);
    if (atom.kind !== "var" && (names.has(outer) || names.has(inner))) return undefined;
  }
  return { terms, constant: a.constant };
}
