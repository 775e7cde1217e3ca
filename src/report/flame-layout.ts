import type { CallPath } from "../simulate/call-paths.ts";

/** A box of the flame picture: a path of calls, or several that are too narrow by themselves. */
export interface FlameBox {
  /** What the paths end in; several only of a merged box, the most cycles first. */
  readonly names: readonly string[];
  readonly kind: "function" | "layer" | "rest";
  /** Rows above it: 0 of the root. */
  readonly depth: number;
  /** Cycles to the left of it, and its own width. */
  readonly from: number;
  readonly cycles: number;
  /** Of its cycles those that no box below it has. */
  readonly own: number;
  readonly calls: number;
}

export interface FlameLimits {
  /** The least part of all cycles that a box of its own has. */
  readonly leastShare: number;
  /** Most rows: what is deeper belongs to the last row's boxes. */
  readonly rows: number;
}

/**
 * An icicle of the tree of calls: the root above, each path below its caller and as wide as its cycles, the widest on the
 * left and what is too narrow merged at the right end. No cycle is lost: the boxes' own cycles add up to the root's.
 */
export function layOutFlame(root: CallPath, { leastShare, rows }: FlameLimits): FlameBox[] {
  const least = leastShare * root.totalCycles;
  const boxes: FlameBox[] = [];
  const visit = (path: CallPath, depth: number, from: number): void => {
    const below = depth + 1 < rows ? path.callees : [];
    const inner = below.reduce((sum, { totalCycles }) => sum + totalCycles, 0);
    const kind = path.region === undefined ? "function" : "layer";
    const { name, totalCycles: cycles, calls } = path;
    boxes.push({ names: [name], kind, depth, from, cycles, own: cycles - inner, calls });
    const narrow = below.filter(({ totalCycles }) => totalCycles < least);
    let at = from;
    for (const callee of below) {
      if (callee.totalCycles < least) continue;
      visit(callee, depth + 1, at);
      at += callee.totalCycles;
    }
    if (narrow.length > 0) boxes.push(merge(narrow, depth + 1, at));
  };
  visit(root, 0, 0);
  return boxes;
}

function merge(paths: readonly CallPath[], depth: number, from: number): FlameBox {
  const cycles = paths.reduce((sum, { totalCycles }) => sum + totalCycles, 0);
  const calls = paths.reduce((sum, path) => sum + path.calls, 0);
  return { names: namesIn(paths), kind: "rest", depth, from, cycles, own: cycles, calls };
}

/** Of the paths and all below them. */
function namesIn(paths: readonly CallPath[]): string[] {
  return [...new Set(paths.flatMap(({ name, callees }) => [name, ...namesIn(callees)]))];
}
