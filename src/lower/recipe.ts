/**
 * How layers are computed: a recipe a layer, recipes a network.
 *
 * A recipe says before planning what it needs (working memory, rows a step), and after it writes the kernel. A schedule is
 * one recipe for all layers; a chooser gives every layer its own. Whatever the recipe, the bytes are the same.
 */
import type { Graph, Node } from "../graph/graph.ts";
import type { Buffer } from "../loop/ir.ts";
import type { Lowered } from "./lowered.ts";
import type { RowRing } from "./ring.ts";

/** How one layer is computed. */
export interface Recipe {
  /** Shown beside the layer: `blocked`, `window 4x1`. */
  readonly name: string;
  /** Recipes of one family write one kernel with one tile, of which a compiler makes code alike: fits and figures go by it. */
  readonly family: string;
  /** Working memory while one of the layer's steps runs, in bytes, aligned to 4. */
  readonly scratchBytes: number;
  /** Rows of the output that one step computes. */
  readonly rowsPerStep: number;
  /** Bytes of constants that are copied to the arena, aligned to 4; none unless given. */
  readonly residentBytes?: number;
  /** Whether a node's kernel goes by the pixel pitch of its output, more than its channels in the rows of a concatenation. */
  readonly writesApart?: (node: Node) => boolean;
  /** The kernel. `sums` are the accumulators of a node that the plan lets take its input row by row. */
  readonly lower: (
    node: Node,
    inputs: readonly RowRing[],
    output: RowRing,
    sums: Buffer | undefined,
  ) => Lowered;
}

/** How the layers of a network are computed. */
export interface Recipes {
  readonly name: string;
  /** Why these recipes are not for this graph and what to do, if so. */
  readonly refuses: (graph: Graph) => string | undefined;
  readonly of: (graph: Graph, node: Node) => Recipe;
  /** As in `Program`: for engines that must be small. */
  readonly sharesCounts?: boolean;
}

/** What the plan must set aside, by node, of the nodes that need more than a row at a time and no working memory. */
export interface PlanNeeds {
  /** Names of the nodes that can write into the rows of a concatenation along channels. */
  readonly writesApart: ReadonlySet<string>;
  readonly scratch: ReadonlyMap<string, number>;
  readonly rowsPerStep: ReadonlyMap<string, number>;
  readonly resident: ReadonlyMap<string, number>;
}

export function planNeeds(recipes: Recipes, graph: Graph): PlanNeeds {
  const all = graph.nodes.map((node) => [node.name, recipes.of(graph, node)] as const);
  const needs = (of: (recipe: Recipe) => number, nothing: number): ReadonlyMap<string, number> =>
    new Map(all.map(([name, recipe]) => [name, of(recipe)] as const).filter(([, need]) => need > nothing));
  const apart = graph.nodes.filter((node) => recipes.of(graph, node).writesApart?.(node));
  return {
    writesApart: new Set(apart.map(({ name }) => name)),
    scratch: needs((recipe) => recipe.scratchBytes, 0),
    rowsPerStep: needs((recipe) => recipe.rowsPerStep, 1),
    resident: needs((recipe) => recipe.residentBytes ?? 0, 0),
  };
}

/** Needs that make the same plan have the same key. */
export function needsKey({ scratch, rowsPerStep, writesApart, resident }: PlanNeeds): string {
  return JSON.stringify([[...scratch], [...rowsPerStep], [...writesApart], [...resident]]);
}
