/**
 * The optimisations an ablation switches on and off, in order, and the engine that a set of them makes.
 *
 * The first five change where rows lie and when they are computed, the others how loops are written. Each is one line in a
 * plan or a schedule: no kernel exists twice.
 */
import type { Variant } from "../../compile.ts";
import { scheduleOf, type LoopOptimisation } from "../../lower/schedule.ts";
import { scheduled } from "../../lower/scheduled.ts";
import type { Strategy } from "../../plan/plan.ts";

export type OptimisationId =
  "fuse-pool" | "reuse" | "row-lifetimes" | "stream" | "push" | Exclude<LoopOptimisation, "vectorize">;

export interface Optimisation {
  readonly id: OptimisationId;
  readonly title: string;
  readonly what: string;
}

export const optimisations: readonly Optimisation[] = [
  {
    id: "fuse-pool",
    title: "Fused max-pooling",
    what: "The convolution keeps the maximum of a pooling window and stores only that (arXiv 2007.01348).",
  },
  {
    id: "reuse",
    title: "Buffer reuse",
    what: "A tensor's bytes are free after its last reader; on a chain this is the paper's ping-pong.",
  },
  {
    id: "row-lifetimes",
    title: "Row lifetimes",
    what: "Single rows are freed after their last reader, so an output may grow into its input.",
  },
  {
    id: "stream",
    title: "Streaming",
    what: "Layers run row by row on demand; most tensors become rings of a few rows.",
  },
  {
    id: "push",
    title: "Pushed rows",
    what: "The frame is not stored: rows are taken as a camera or sensor delivers them.",
  },
  {
    id: "hoist",
    title: "Hoisting",
    what: "Addresses and bounds that do not change in a loop are computed before it.",
  },
  {
    id: "collapse",
    title: "Collapsing",
    what: "Kernel columns and input channels run as one contiguous loop; image borders are loops of their own.",
  },
  {
    id: "block",
    title: "Blocking",
    what: "Four output channels and the columns of a pooling window at once: every load serves several products.",
  },
  { id: "unroll", title: "Unrolling", what: "Several products a turn of the innermost loop." },
];

/** The engine with exactly these optimisations. */
export function variantOf(set: ReadonlySet<OptimisationId>): Variant {
  const loops: readonly LoopOptimisation[] = (["hoist", "collapse", "block", "unroll"] as const).filter(
    (id) => set.has(id),
  );
  return {
    strategy: strategyOf(set),
    frame: set.has("push") ? "pushed" : "resident",
    fusePool: set.has("fuse-pool"),
    recipes: scheduled(scheduleOf(loops)),
  };
}

function strategyOf(set: ReadonlySet<OptimisationId>): Strategy {
  if (set.has("stream")) return "stream";
  if (set.has("row-lifetimes")) return "overlap";
  return set.has("reuse") ? "best-fit" : "naive";
}

/** Every optimisation there is. */
export const fullSet: ReadonlySet<OptimisationId> = new Set(optimisations.map(({ id }) => id));

export const without = (set: ReadonlySet<OptimisationId>, id: OptimisationId): ReadonlySet<OptimisationId> =>
  new Set([...set].filter((other) => other !== id));
