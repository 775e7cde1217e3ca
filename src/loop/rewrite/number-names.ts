import type { Expr, Kernel, Stmt } from "../ir.ts";
import { buffersIn, mapChildren, mapExprs, visitStmts } from "../walk.ts";
import { originOf } from "./names.ts";

/** Numbers the copies of each name in the order in which they are declared: `acc`, `acc_1`, `acc_2`, … */
export function numberNames(kernel: Kernel): Kernel {
  const taken = new Set(["row", ...buffersIn(kernel.body).map((b) => b.name)]);
  const counters = new Map<string, number>();
  const names = new Map<string, string>();
  const number = (name: string): void => {
    const origin = originOf(name);
    let n = counters.get(origin) ?? 0;
    let free = n === 0 ? origin : `${origin}_${n}`;
    while (taken.has(free)) free = `${origin}_${++n}`;
    counters.set(origin, n + 1);
    names.set(name, free);
  };
  visitStmts(kernel.body, (s) => {
    if (s.kind === "for") number(s.index);
    if (s.kind === "let") number(s.name);
  });
  const nameOf = (name: string): string => names.get(name) ?? name;
  const renamed = (e: Expr): Expr =>
    e.kind === "var" ? { ...e, name: nameOf(e.name) } : mapChildren(e, renamed);
  const block = (inner: readonly Stmt[]): readonly Stmt[] =>
    inner.map((original) => {
      const s = mapExprs(original, renamed);
      if (s.kind === "for") return { ...s, index: nameOf(s.index), body: block(s.body) };
      return s.kind === "let" || s.kind === "assign" ? { ...s, name: nameOf(s.name) } : s;
    });
  return { ...kernel, body: block(kernel.body) };
}
