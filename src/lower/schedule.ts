/**
 * How loops are written: a schedule is a list of rewrites a kind of layer, as data.
 *
 * Schedules change the work, never the bytes. A schedule is made of optimisations, each a step or two in one fixed order,
 * so that an ablation can leave any one out. A step that names a loop which a layer does not have is passed over.
 */
import type { Node } from "../graph/graph.ts";
import type { Rewrite } from "../loop/rewrite.ts";

/** What reaches lowering; passes have removed the rest. */
export type LayerKind = Exclude<Node["kind"], "batchNorm" | "flatten" | "identity">;

/**
 * `peelBorder`: `peel` of the output columns whose windows leave the image, as many as the layer has. `block`: `jam` of
 * four turns of the loop that gains most.
 */
export type Step = Rewrite | { readonly rewrite: "peelBorder" } | { readonly rewrite: "block" };

export type LoopOptimisation = "hoist" | "collapse" | "block" | "unroll" | "vectorize";

export interface Schedule {
  readonly name: string;
  /** One sentence for reports. */
  readonly what: string;
  readonly rewrites: (kind: LayerKind) => readonly Step[];
  /** Rows of taps are laid out for vectors of this many bytes; such a schedule is refused for float networks. */
  readonly lanes?: 8;
}

const vectors: readonly Step[] = [
  { rewrite: "vectorize", loop: "ic", lanes: 8 },
  { rewrite: "unroll", loop: "kv", factor: 0 },
];

/** What the optimisations do to a layer that multiplies, in the order in which they are applied. */
function multiplying(has: (one: LoopOptimisation) => boolean): readonly Step[] {
  const steps = (one: LoopOptimisation, ...list: readonly Step[]): readonly Step[] => (has(one) ? list : []);
  return [
    ...steps("collapse", { rewrite: "peelBorder" }, { rewrite: "collapse", outer: "kx", inner: "ic" }),
    ...steps("block", { rewrite: "block" }, { rewrite: "jam", loop: "wx", factor: 4 }),
    ...steps("vectorize", ...vectors),
    // A vector step is eight products already; two of them are enough to hide the loop.
    ...steps("unroll", { rewrite: "unroll", loop: "ic", factor: has("vectorize") ? 2 : 4 }),
    ...steps("block", { rewrite: "share" }),
    // What hoisting takes out of a loop is often the same address several times.
    ...steps("hoist", { rewrite: "hoist" }, { rewrite: "share" }),
  ];
}

/** Kinds whose kernel is a convolution's nest. */
const multipliers: ReadonlySet<LayerKind> = new Set<LayerKind>(["conv2d", "convTranspose2d", "linear"]);

/** The schedule of exactly these optimisations. */
export function scheduleOf(optimisations: readonly LoopOptimisation[]): Schedule {
  const has = (one: LoopOptimisation): boolean => optimisations.includes(one);
  const steps = multiplying(has);
  const others: readonly Step[] = [
    ...(has("collapse") ? [{ rewrite: "peelBorder" } as const] : []),
    ...(has("hoist") ? [{ rewrite: "hoist" } as const] : []),
  ];
  return {
    name: optimisations.length === 0 ? "plain" : optimisations.join("+"),
    what: `Loops with: ${optimisations.join(", ") || "nothing"}.`,
    rewrites: (kind) => (multipliers.has(kind) ? steps : others),
    ...(has("vectorize") ? { lanes: 8 } : {}),
  };
}

const named = <Name extends string>(
  name: Name,
  what: string,
  optimisations: readonly LoopOptimisation[],
) => ({
  ...scheduleOf(optimisations),
  name,
  what,
});

/** The schedules one can ask for by name, each holding what the one before it does. */
export const schedules = {
  plain: named("plain", "The textbook nest, nothing done to it.", []),
  hoisted: named("hoisted", "Addresses and bounds that do not change in a loop are computed before it.", [
    "hoist",
  ]),
  collapsed: named(
    "collapsed",
    "Hoisted; kernel columns and channels run as one loop, image borders are loops of their own.",
    ["hoist", "collapse"],
  ),
  unrolled: named("unrolled", "Collapsed; four products a turn of the inner loop.", [
    "hoist",
    "collapse",
    "unroll",
  ]),
  blocked: named(
    "blocked",
    "Unrolled; four output channels and the columns of a pooling window at once: every load serves several products.",
    ["hoist", "collapse", "block", "unroll"],
  ),
  v128: named("v128", "Blocked; eight products a step in 128-bit vectors. Wasm and int8 only.", [
    "hoist",
    "collapse",
    "block",
    "unroll",
    "vectorize",
  ]),
} as const satisfies Record<string, Schedule>;

export type ScheduleName = keyof typeof schedules;

/** The order in which reports switch loop optimisations on. */
export const loopOptimisations: readonly LoopOptimisation[] = [
  "hoist",
  "collapse",
  "block",
  "unroll",
  "vectorize",
];
