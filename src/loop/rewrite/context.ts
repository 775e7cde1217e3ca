import type { Kernel, Stmt } from "../ir.ts";
import { type Scope, defineBlock, newScope } from "../range.ts";
import { assignedIn, declaredIn, mapLoops } from "../walk.ts";
import { type Names, namesIn, originOf } from "./names.ts";

export type Loop = Extract<Stmt, { kind: "for" }>;

/** What a rewrite knows of the kernel it works on; `names` and `scope` grow as it adds names. */
export interface Context {
  readonly names: Names;
  readonly scope: Scope;
  readonly assigned: ReadonlySet<string>;
}

export function contextOf(kernel: Kernel, rows: number | undefined): Context {
  const assigned = assignedIn(kernel.body);
  const scope = newScope(rows);
  defineBlock(scope, kernel.body, assigned);
  return { names: namesIn(kernel), scope, assigned };
}

/** `kernel` with every loop called `name`, or a copy of one, replaced by what `change` makes of it. */
export function rewriteLoops(kernel: Kernel, name: string, change: (loop: Loop) => readonly Stmt[]): Kernel {
  const body = mapLoops(kernel.body, (loop) => (originOf(loop.index) === name ? change(loop) : [loop]));
  return { ...kernel, body };
}

/** Gives up the names a loop declares, so that its first copy may have them again. */
export function releaseNames(loop: Loop, names: Names): void {
  names.delete(loop.index);
  for (const name of declaredIn(loop.body)) names.delete(name);
}
