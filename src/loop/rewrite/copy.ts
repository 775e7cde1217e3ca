/**
 * Makes copies of a block: the one thing peel, unroll and jam have in common.
 *
 * Several copies are written either one after the other or interleaved: statement by statement, with loops that turn
 * equally often merged into one. A `let` that has the same value in all interleaved copies is declared once for all.
 */
import type { Expr, Stmt } from "../ir.ts";
import { c, v } from "../build.ts";
import { type Scope, defineIndex, defineLet, isIndexValue } from "../range.ts";
import { simplifyExpr } from "../simplify.ts";
import { typeOf } from "../type-of.ts";
import { keyOf, mapExprs, substitute } from "../walk.ts";
import { type Names, takeName } from "./names.ts";

/** What a copy calls the names of the original: grows as its declarations are written. */
export type Renaming = Map<string, Expr>;

/** What is known of the kernel the copies go into. */
export interface Copying {
  readonly names: Names;
  readonly scope: Scope;
  /** Original names that some statement assigns. */
  readonly assigned: ReadonlySet<string>;
  /** Whether the turns of this loop, which every copy has, may be interleaved. */
  readonly mayMerge: (loop: Extract<Stmt, { kind: "for" }>) => boolean;
}

/** The copies of `block`, interleaved. */
export function interleave(
  block: readonly Stmt[],
  copies: readonly Renaming[],
  how: Copying,
): readonly Stmt[] {
  return block.flatMap((s): readonly Stmt[] => {
    switch (s.kind) {
      case "let":
        return copyLet(s, copies, how);
      case "for":
        return copyLoop(s, copies, how);
      case "assign":
        return copies.map((copy) => {
          const name = copy.get(s.name);
          return {
            ...s,
            name: name?.kind === "var" ? name.name : s.name,
            value: renamed(s.value, copy, how),
          };
        });
      case "store":
      case "copy":
        return copies.map((copy) => mapExprs(s, (e) => renamed(e, copy, how)));
    }
  });
}

/** The copies of `block`, one after the other. */
export function sequence(block: readonly Stmt[], copies: readonly Renaming[], how: Copying): readonly Stmt[] {
  return copies.flatMap((copy) => interleave(block, [copy], how));
}

const renamed = (e: Expr, copy: Renaming, how: Copying): Expr => simplifyExpr(substitute(e, copy), how.scope);

function copyLet(
  s: Extract<Stmt, { kind: "let" }>,
  copies: readonly Renaming[],
  how: Copying,
): readonly Stmt[] {
  const values = copies.map((copy) => renamed(s.value, copy, how));
  const isAssigned = how.assigned.has(s.name);
  const isShared = !isAssigned && isIndexValue(values[0]!, how.scope) && allEqual(values);
  const written: Stmt[] = [];
  for (const [i, value] of values.entries()) {
    if (i > 0 && isShared) {
      copies[i]!.set(s.name, copies[0]!.get(s.name)!);
    } else if (!isAssigned && value.kind === "const") {
      copies[i]!.set(s.name, value);
    } else {
      const name = takeName(how.names, s.name);
      copies[i]!.set(s.name, v(name, typeOf(value)));
      if (isAssigned) how.scope.set(name, { kind: "variable" });
      else defineLet(how.scope, name, value);
      written.push({ kind: "let", name, value });
    }
  }
  return written;
}

function copyLoop(
  s: Extract<Stmt, { kind: "for" }>,
  copies: readonly Renaming[],
  how: Copying,
): readonly Stmt[] {
  const counts = copies.map((copy) => renamed(s.count, copy, how));
  const groups =
    copies.length === 1 || (allEqual(counts) && how.mayMerge(s)) ? [copies] : copies.map((copy) => [copy]);
  return groups.flatMap((group, i): readonly Stmt[] => {
    const count = counts[i]!;
    if (count.kind === "const" && count.value <= 0) return [];
    if (count.kind === "const" && count.value === 1) {
      for (const copy of group) copy.set(s.index, c(0));
      return interleave(s.body, group, how);
    }
    const index = takeName(how.names, s.index);
    defineIndex(how.scope, index, count);
    for (const copy of group) copy.set(s.index, v(index));
    return [{ kind: "for", index, count, body: interleave(s.body, group, how) }];
  });
}

const allEqual = (values: readonly Expr[]): boolean => values.every((e) => keyOf(e) === keyOf(values[0]!));
