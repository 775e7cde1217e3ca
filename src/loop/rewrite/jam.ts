import type { Expr, Kernel, Stmt } from "../ir.ts";
import { add, c, mul, v } from "../build.ts";
import { defineIndex } from "../range.ts";
import { type Context, type Loop, contextOf, releaseNames, rewriteLoops } from "./context.ts";
import { type Renaming, interleave } from "./copy.ts";
import { independenceOf } from "./independent.ts";
import { takeName } from "./names.ts";

/**
 * Unroll and jam: `factor` turns of a loop are written as one, statement by statement, their inner loops merged. This is
 * register blocking: what the turns have in common is loaded once (after `share`). Inner loops that do not turn
 * equally often, or whose turns depend on each other, stay one after the other. The turns left over make one
 * smaller tile. Constant counts only; a loop whose turns cannot be interleaved stays as it is.
 */
export function jam(kernel: Kernel, name: string, factor: number, rows?: number): Kernel {
  const context = contextOf(kernel, rows);
  return rewriteLoops(kernel, name, (loop) =>
    loop.count.kind === "const" ? jamLoop(loop, loop.count.value, factor, context) : [loop],
  );
}

function jamLoop(loop: Loop, turns: number, factor: number, context: Context): readonly Stmt[] {
  const size = Math.min(factor, turns);
  const independence = independenceOf(loop, size, context.scope);
  if (size < 2 || !independence.mayInterleave) return [loop];
  releaseNames(loop, context.names);
  const how = { ...context, mayMerge: independence.mayMerge };
  const tile = (start: Expr, copies: number): readonly Stmt[] => {
    if (copies === 0) return [];
    const renamings = Array.from(
      { length: copies },
      (_, i): Renaming => new Map([[loop.index, add(start, i)]]),
    );
    return interleave(loop.body, renamings, how);
  };
  const tiles = Math.floor(turns / size);
  const rest = turns - tiles * size;
  if (tiles === 1) return [...tile(c(0), size), ...tile(c(size), rest)];
  const index = takeName(context.names, loop.index);
  defineIndex(context.scope, index, c(tiles));
  const main: Stmt = { kind: "for", index, count: c(tiles), body: tile(mul(v(index), size), size) };
  return [main, ...tile(c(tiles * size), rest)];
}
