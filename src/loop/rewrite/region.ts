import type { Expr, Stmt } from "../ir.ts";
import { exprsOf, namesOf, visitStmts } from "../walk.ts";

/** How far from its declaration an accumulator is only added to. */
export interface Region {
  /** Index, in the block that declares it, of the first statement after that does more. */
  readonly end: number;
  /** Indices of the loops before that statement, at any depth. */
  readonly loops: ReadonlySet<string>;
}

/** The region of every assigned i32 name. In it sums may be kept elsewhere and added at its end. */
export function reductionRegions(
  block: readonly Stmt[],
  assigned: ReadonlySet<string>,
): ReadonlyMap<string, Region> {
  const regions = new Map<string, Region>();
  const visit = (inner: readonly Stmt[]): void => {
    inner.forEach((s, i) => {
      if (s.kind === "for") visit(s.body);
      if (s.kind === "let" && assigned.has(s.name)) regions.set(s.name, regionFrom(inner, i + 1, s.name));
    });
  };
  visit(block);
  return regions;
}

function regionFrom(block: readonly Stmt[], start: number, name: string): Region {
  let end = start;
  while (end < block.length && onlyAdds(block[end]!, name)) end++;
  const loops = new Set<string>();
  visitStmts(block.slice(start, end), (s) => {
    if (s.kind === "for") loops.add(s.index);
  });
  return { end, loops };
}

/** Whether all a statement does with a name is `name = name + e`, e free of it. */
function onlyAdds(s: Stmt, name: string): boolean {
  const uses = (e: Expr): boolean => namesOf(e).has(name);
  if (s.kind === "for") return !uses(s.count) && s.body.every((inner) => onlyAdds(inner, name));
  if (s.kind !== "assign" || s.name !== name) return !exprsOf(s).some(uses);
  const { value } = s;
  return (
    value.kind === "binary" &&
    value.op === "+" &&
    value.left.kind === "var" &&
    value.left.name === name &&
    !uses(value.right)
  );
}
