import type { Expr, Kernel, Stmt } from "../ir.ts";
import { add, c, mul, v } from "../build.ts";
import { defineIndex } from "../range.ts";
import { contextOf, releaseNames, rewriteLoops } from "./context.ts";
import { type Copying, type Renaming, sequence } from "./copy.ts";
import { takeName } from "./names.ts";

/**
 * Repeats the body of a loop `factor` times a turn (0: as often as it turns, so that no loop is left); what does not fill
 * a turn follows unrolled. Constant counts only.
 */
export function unroll(kernel: Kernel, name: string, factor: number, rows?: number): Kernel {
  const context = contextOf(kernel, rows);
  const how: Copying = { ...context, mayMerge: () => true };
  return rewriteLoops(kernel, name, (loop) => {
    if (loop.count.kind !== "const" || factor === 1) return [loop];
    const turns = loop.count.value;
    const copies = factor === 0 ? turns : factor;
    const whole = Math.floor(turns / copies);
    releaseNames(loop, context.names);
    const at = (value: Expr): Renaming => new Map([[loop.index, value]]);
    const written: Stmt[] = [];
    if (whole > 1) {
      const index = takeName(context.names, loop.index);
      defineIndex(context.scope, index, c(whole));
      const turn = Array.from({ length: copies }, (_, i) => at(add(mul(v(index), copies), i)));
      written.push({ kind: "for", index, count: c(whole), body: sequence(loop.body, turn, how) });
    }
    const start = whole > 1 ? whole * copies : 0;
    const rest = Array.from({ length: turns - start }, (_, i) => at(c(start + i)));
    return [...written, ...sequence(loop.body, rest, how)];
  });
}
