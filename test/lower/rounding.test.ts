/** Every way to compute a layer rounds as often as the file asks: graphs that round once keep their bytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../src/compile.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { cmsisLike } from "../../src/lower/cmsis-like.ts";
import { denseRecipe } from "../../src/lower/dense/recipe.ts";
import type { Recipe, Recipes } from "../../src/lower/recipe.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { windowRecipe } from "../../src/lower/window/recipe.ts";
import { winogradRecipe } from "../../src/lower/winograd/recipe.ts";
import { byteFrame, int8, roundedOnce } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";
import { interpreter } from "../support/readers.ts";
import { assertAgrees, networkOf, type Trial } from "../support/trial.ts";

const hoisted = scheduled(schedules.hoisted);

/** `recipe` where a layer has it, and how many layers had it. */
function mostly(recipe: (graph: Graph, node: Graph["nodes"][number]) => Recipe | string | undefined) {
  const used = new Set<string>();
  const recipes: Recipes = {
    ...hoisted,
    of: (graph, node) => {
      const own = recipe(graph, node);
      if (own === undefined || typeof own === "string") return hoisted.of(graph, node);
      used.add(node.name);
      return own;
    },
  };
  return { recipes, used };
}

const window = {
  lanes: 2,
  columns: 4,
  groups: 1,
  outputs: 2,
  unroll: 4,
  reuse: "window",
  order: "inputs",
  poolOnSums: true,
} as const;
const ways = {
  cmsis: { recipes: cmsisLike, used: undefined },
  window: mostly((graph, node) => windowRecipe(graph, node, { ...window, roundOnce: true })),
  winograd: mostly((graph, node) =>
    winogradRecipe(graph, node, { m: 2, lanes: 2, columns: 2, groups: 1, unroll: 2, order: "inputs" }),
  ),
  dense: mostly((graph, node) =>
    denseRecipe(graph, node, { lanes: 2, columns: 2, outputs: 2, expands: true, unroll: 1 }),
  ),
  vectors: mostly((graph, node) =>
    denseRecipe(graph, node, { lanes: 16, columns: 2, outputs: 4, expands: false, unroll: 1 }),
  ),
};

const texts = [
  "in 9x9x4 | conv 3 6 | relu | conv 1 5 | relu | flatten | linear 3",
  "in 9x9x4 | conv 3 16 | conv 1 4 | flatten | linear 9",
];

for (const [name, { recipes, used }] of Object.entries(ways)) {
  test(`${name}: rounded once, with a ReLU and without`, async (t) => {
    const trials = texts.map((text, i): Trial => {
      const numbers = random(31 + i);
      const graph = roundedOnce(int8(net(text, { seed: 7 + i }), numbers));
      const { program } = compile(
        { dtype: "int8", graph },
        { strategy: "naive", frame: "resident", fusePool: false, recipes },
      );
      return { ...networkOf(text, graph, [byteFrame(graph, numbers)]), what: text, program };
    });
    await assertAgrees(t, trials, interpreter);
    assert.ok(used === undefined || used.size > 0, "no layer was computed this way");
  });
}
