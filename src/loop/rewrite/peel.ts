import type { Kernel, Stmt } from "../ir.ts";
import { add, c, v } from "../build.ts";
import { mapExprs, substitute } from "../walk.ts";
import { type Loop, contextOf, releaseNames, rewriteLoops } from "./context.ts";
import { interleave } from "./copy.ts";

/**
 * Splits off the first and last turns of a loop. The middle keeps the loop's name; there the clipping of an image
 * border is known not to happen, and `simplify` makes its bounds constants. Constant counts only.
 */
export function peel(kernel: Kernel, name: string, first: number, last: number, rows?: number): Kernel {
  const context = contextOf(kernel, rows);
  return rewriteLoops(kernel, name, (loop) => {
    if (loop.count.kind !== "const") return [loop];
    const turns = loop.count.value;
    const head = Math.min(first, turns);
    const tail = Math.min(last, turns - head);
    const middle = turns - head - tail;
    if (head + tail === 0) return [loop];
    releaseNames(loop, context.names);
    const part = (start: number, count: number): readonly Stmt[] =>
      interleave([turnsOf(loop, start, count)], [new Map()], { ...context, mayMerge: () => true });
    const kept = part(head, middle);
    return [...part(0, head), ...kept, ...part(head + middle, tail)];
  });
}

/** Turns [start, start + count) of a loop. */
function turnsOf(loop: Loop, start: number, count: number): Loop {
  const shifted = new Map([[loop.index, add(v(loop.index), start)]]);
  return { ...loop, count: c(count), body: replaceIn(loop.body, shifted) };
}

function replaceIn(
  block: readonly Stmt[],
  names: ReadonlyMap<string, ReturnType<typeof v>>,
): readonly Stmt[] {
  return block.map((s) => {
    const replaced = mapExprs(s, (e) => substitute(e, names));
    return replaced.kind === "for" ? { ...replaced, body: replaceIn(replaced.body, names) } : replaced;
  });
}
