import type { Expr, Kernel, Stmt } from "../ir.ts";
import { type Affine, type Term, affineOf, exprOf } from "../affine.ts";
import { v } from "../build.ts";
import { type Scope, defineLet, expandLets, isIndexValue, rangeOf } from "../range.ts";
import { isNameAndConstant } from "../simplify.ts";
import { typeOf } from "../type-of.ts";
import {
  assignedIn,
  declaredIn,
  keyOf,
  mapChildren,
  mapExprs,
  mapLoops,
  namesOf,
  storesIn,
  visitExpr,
} from "../walk.ts";
import { type Context, type Loop, contextOf } from "./context.ts";
import { takeName } from "./names.ts";
import { nameFor } from "./share.ts";

/**
 * Moves what does not change in a loop out of it, innermost loops first, so that it goes as far out as it can.
 *
 * Of an address only the terms that do not change move; what stays is their sum plus the loop's own index, and a
 * constant, which copies of one address made by `jam` differ in. A load moves only out of a loop that surely turns, or
 * from a constant at an index surely inside it, so that nothing is read which was not read before.
 */
export function hoist(kernel: Kernel, rows?: number): Kernel {
  const context = contextOf(kernel, rows);
  return { ...kernel, body: mapLoops(kernel.body, (loop) => hoistLoop(loop, context)) };
}

interface Mover {
  readonly context: Context;
  /** Names that differ from turn to turn; a let that is moved leaves it. */
  readonly changing: Set<string>;
  readonly surelyTurns: boolean;
  readonly stores: boolean;
  readonly moved: Stmt[];
  /** Names of moved values, by the key of the value. */
  readonly known: Map<string, string>;
}

function hoistLoop(loop: Loop, context: Context): readonly Stmt[] {
  const mover: Mover = {
    context,
    changing: new Set([loop.index, ...declaredIn(loop.body), ...assignedIn(loop.body)]),
    surelyTurns: rangeOf(loop.count, context.scope).lo >= 1,
    stores: storesIn(loop.body),
    moved: [],
    known: new Map(),
  };
  const body = loop.body.flatMap((s): readonly Stmt[] => {
    if (s.kind !== "let" || context.assigned.has(s.name) || !isMovable(s.value, mover)) {
      return [mapExprs(s, (e) => lift(e, mover))];
    }
    mover.moved.push(s);
    mover.known.set(keyOf(s.value), s.name);
    mover.changing.delete(s.name);
    return [];
  });
  return [...mover.moved, { ...loop, body }];
}

/** Whether `e` has one value in all turns and may be computed before the first. */
function isMovable(e: Expr, mover: Mover): boolean {
  if ([...namesOf(e)].some((name) => mover.changing.has(name))) return false;
  const { scope } = mover.context;
  let movable = true;
  visitExpr(e, (x) => {
    if (x.kind === "load" || x.kind === "widen") movable &&= isLoadMovable(x, mover);
    if (x.kind === "binary" && (x.op === "/" || x.op === "%")) {
      movable &&= mover.surelyTurns || (rangeOf(x.left, scope).lo >= 0 && rangeOf(x.right, scope).lo > 0);
    }
  });
  return movable;
}

function isLoadMovable(e: Extract<Expr, { kind: "load" | "widen" }>, mover: Mover): boolean {
  if (e.buffer.space !== "constant") return mover.surelyTurns && !mover.stores;
  if (mover.surelyTurns) return true;
  const { lo, hi } = rangeOf(e.index, mover.context.scope);
  return lo >= 0 && hi + (e.kind === "widen" ? e.lanes : 1) <= e.buffer.length;
}

/** `e` with its movable parts moved. */
function lift(e: Expr, mover: Mover): Expr {
  if (e.kind === "const" || e.kind === "var") return e;
  if (typeOf(e) === "i32" && isIndexValue(e, mover.context.scope)) return liftIndex(e, mover);
  if (isMovable(e, mover) && !(e.kind === "intrinsic" && e.name === "zero")) return named(e, mover);
  return mapChildren(e, (child) => lift(child, mover));
}

function liftIndex(e: Expr, mover: Mover): Expr {
  const sum = affineOf(e, expandSums(mover.context.scope));
  const terms = [...sum.terms.values()];
  const fixed = terms.filter((t) => isMovable(t.atom, mover));
  const varying = terms.filter((t) => !isMovable(t.atom, mover));
  const kept = varying.map(({ atom, coefficient }) => ({
    atom: atom.kind === "var" ? atom : mapChildren(atom, (child) => lift(child, mover)),
    coefficient,
  }));
  if (fixed.length === 0) return exprOf(sumOf(kept, sum.constant));
  const sign = fixed.every((t) => t.coefficient < 0) ? -1 : 1;
  const base = exprOf(
    sumOf(
      fixed.map((t) => ({ ...t, coefficient: sign * t.coefficient })),
      0,
    ),
  );
  const held = base.kind === "var" || base.kind === "const" ? base : named(base, mover);
  return exprOf(sumOf([{ atom: held, coefficient: sign }, ...kept], sum.constant));
}

function sumOf(terms: readonly Term[], constant: number): Affine {
  return { terms: new Map(terms.map((t) => [keyOf(t.atom), t])), constant };
}

/** The name that holds `e` before the loop. */
function named(e: Expr, mover: Mover): Expr {
  if (isNameAndConstant(e)) return e;
  const key = keyOf(e);
  const known = mover.known.get(key);
  if (known !== undefined) return v(known, typeOf(e));
  const { names, scope } = mover.context;
  const name = takeName(names, nameFor(e));
  mover.known.set(key, name);
  mover.moved.push({ kind: "let", name, value: e });
  defineLet(scope, name, e);
  return v(name, typeOf(e));
}

/** Puts in the place of a name the sum of names it was declared to be; other values, like `row % 4`, keep theirs. */
function expandSums(scope: Scope): (name: string) => Expr | undefined {
  const expand = expandLets(scope);
  const sums = (name: string): Expr | undefined => {
    const value = expand(name);
    if (value === undefined) return undefined;
    const isSum = [...affineOf(value, sums).terms.values()].every((t) => t.atom.kind === "var");
    return isSum ? value : undefined;
  };
  return sums;
}
