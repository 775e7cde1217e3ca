import type { Graph } from "../graph/graph.ts";
import { validateGraph } from "../graph/validate.ts";
import { absorbFlatten } from "./absorb-flatten.ts";
import { absorbTranspose } from "./absorb-transpose.ts";
import { dropIdentities } from "./drop-identities.ts";
import { foldPad } from "./fold-pad.ts";
import { foldBatchNorm, replaceBatchNorm } from "./fold-batch-norm.ts";
import { fuseClamp } from "./fuse-clamp.ts";
import { fusePool } from "./fuse-pool.ts";
import { separateOutputs } from "./separate-outputs.ts";
import { simplifyMoves } from "./simplify-moves.ts";

/** A pass: Graph to Graph with the same meaning. */
export type Pass = (graph: Graph) => Graph;

/**
 * What is done to every float graph, in this order. Batch-norms are folded on both sides of absorbing flattens:
 * before, those of features that only a flatten parts from their linear; after, those on the flatten's other side.
 */
export const passes: readonly Pass[] = [
  dropIdentities,
  simplifyMoves,
  absorbTranspose,
  foldPad,
  foldBatchNorm,
  absorbFlatten,
  foldBatchNorm,
  replaceBatchNorm,
  fuseClamp,
  separateOutputs,
];

/**
 * A loaded float graph made fit for planning: conv2d, linear, add, pools and the clamps nobody could take in.
 * A graph that will be quantised is better pooled afterwards (`fusePool` of the int8 graph), so that fused and
 * unfused networks have the same bytes.
 *
 * @throws CompileError with everything wrong with the graph.
 */
export function optimize(graph: Graph, options: { readonly fusePool: boolean }): Graph {
  validateGraph(graph);
  const list = options.fusePool ? [...passes, fusePool] : passes;
  return list.reduce((current, pass) => pass(current), graph);
}
