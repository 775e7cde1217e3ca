/** Which loop indices a value follows from: those have to be enumerated, the rest can be multiplied or boxed. */
import type { Expr, Stmt } from "./ir.ts";
import { namesOf, visitStmts } from "./walk.ts";

/**
 * The names the given expressions follow from, through lets: loop indices, `row`, and the lets in between.
 * `roots` picks the expressions of a statement that matter.
 */
export function steeringNames(
  block: readonly Stmt[],
  roots: (s: Stmt) => readonly Expr[],
): ReadonlySet<string> {
  const values = new Map<string, Expr>();
  const steering = new Set<string>();
  const add = (e: Expr): void => {
    for (const name of namesOf(e)) {
      if (steering.has(name)) continue;
      steering.add(name);
      const value = values.get(name);
      if (value) add(value);
    }
  };
  visitStmts(block, (s) => {
    if (s.kind === "let") values.set(s.name, s.value);
    for (const e of roots(s)) add(e);
  });
  return steering;
}
