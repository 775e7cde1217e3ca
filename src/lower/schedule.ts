/**
 * How loops are written: a schedule is a list of rewrites a kind of layer, as data.
 *
 * Schedules change the work, never the bytes. A step that names a loop which a layer does not have is passed over.
 */
import type { Rewrite } from "../loop/rewrite.ts";

export type LayerKind = "conv2d" | "linear" | "maxPool2d" | "avgPool2d" | "add" | "clamp";

/** `peelBorder`: `peel` of the output columns whose windows leave the image, as many as the layer has. */
export type Step = Rewrite | { readonly rewrite: "peelBorder" };

export interface Schedule {
  readonly name: string;
  /** One sentence for reports. */
  readonly what: string;
  readonly rewrites: Readonly<Record<LayerKind, readonly Step[]>>;
  /** Needs bytes: refused for float networks. */
  readonly int8Only?: boolean;
}

const hoist: Step = { rewrite: "hoist" };
const share: Step = { rewrite: "share" };
const border: Step = { rewrite: "peelBorder" };
const collapse: Step = { rewrite: "collapse", outer: "kx", inner: "ic" };
const unroll = (loop: string, factor: number): Step => ({ rewrite: "unroll", loop, factor });
const jam = (loop: string, factor: number): Step => ({ rewrite: "jam", loop, factor });
const vectorize: Step = { rewrite: "vectorize", loop: "ic", lanes: 8 };

const none: Schedule["rewrites"] = {
  conv2d: [],
  linear: [],
  maxPool2d: [],
  avgPool2d: [],
  add: [],
  clamp: [],
};

/** One list for the layers that multiply, one for those that do not. */
const both = (multiplying: readonly Step[], other: readonly Step[]): Schedule["rewrites"] => ({
  conv2d: multiplying,
  linear: multiplying,
  maxPool2d: other,
  avgPool2d: other,
  add: other,
  clamp: other,
});

const blocks: readonly Step[] = [border, collapse, jam("oc", 4), unroll("wx", 0)];

export const schedules = {
  plain: { name: "plain", what: "The textbook nest, nothing done to it.", rewrites: none },
  hoisted: {
    name: "hoisted",
    what: "Addresses and bounds that do not change in a loop are computed before it.",
    rewrites: both([hoist], [hoist]),
  },
  collapsed: {
    name: "collapsed",
    what: "Kernel columns and channels run as one loop; image borders are loops of their own.",
    rewrites: both([border, collapse, hoist], [border, hoist]),
  },
  unrolled: {
    name: "unrolled",
    what: "Collapsed, and the inner loop does four products a turn.",
    rewrites: both([border, collapse, unroll("ic", 4), share, hoist], [border, hoist]),
  },
  blocked: {
    name: "blocked",
    what: "Four output channels and the columns of a pooling window at once, so that every load serves several products.",
    rewrites: both([...blocks, share, hoist], [border, hoist]),
  },
  v128: {
    name: "v128",
    what: "Blocked, with eight products a step in 128-bit vectors. Wasm only.",
    rewrites: both([...blocks, vectorize, share, hoist], [border, hoist]),
    int8Only: true,
  },
} as const satisfies Record<string, Schedule>;

export type ScheduleName = keyof typeof schedules;

/** The order in which reports switch the rewrites on, each schedule holding all before it. */
export const ablationSteps: readonly ScheduleName[] = [
  "plain",
  "hoisted",
  "collapsed",
  "unrolled",
  "blocked",
  "v128",
];
