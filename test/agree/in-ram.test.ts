/** Layers of every kind with their constants in RAM: the evaluator's bytes from every reader, also of the second inference. */
import { depthwiseRecipe } from "../../src/lower/depthwise/recipe.ts";
import { denseRecipe } from "../../src/lower/dense/recipe.ts";
import { inRam } from "../../src/lower/in-ram.ts";
import type { Recipe } from "../../src/lower/recipe.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { nestRecipe } from "../../src/lower/scheduled.ts";
import { vectorRecipe } from "../../src/lower/vector/recipe.ts";
import { windowRecipe } from "../../src/lower/window/recipe.ts";
import type { Random } from "../support/random.ts";
import { recipeSuite } from "../support/recipe-suite.ts";

const one = <T>(numbers: Random, all: readonly T[]): T => all[numbers.int(0, all.length - 1)]!;

function text(numbers: Random): string {
  const channels = numbers.int(1, 18);
  const layer = (): string =>
    one(numbers, [
      ` | conv 3x3 ${channels} p1 | relu`,
      ` | conv 1x1 ${channels}`,
      " | sigmoid",
      ` | conv 3x3 ${channels} g${channels} p1 | relu`,
    ]);
  const size = `${numbers.int(5, 9)}x${numbers.int(5, 9)}x${channels}`;
  return `in ${size}${layer()}${layer()}${layer()} | avgpool 2 p1 | flatten | linear ${numbers.int(2, 6)}`;
}

recipeSuite({
  text,
  way(numbers) {
    const lanes = one(numbers, [1, 2] as const);
    const nest = nestRecipe(one(numbers, [schedules.blocked, schedules.collapsed]));
    const first = numbers.int(0, 4);
    const sparing = one(numbers, ["conv2d", "linear", "none"]);
    return {
      what: `lanes ${lanes} ${nest.name}, not ${sparing}`,
      recipe(graph, node) {
        const ways = [
          depthwiseRecipe(graph, node, { lanes, columns: 2, tile: 4 }),
          denseRecipe(graph, node, { lanes, columns: 2, outputs: 2, unroll: 1, expands: false }),
          vectorRecipe(graph, node, { columns: 2, groups: 2, channels: 4 }),
          windowRecipe(graph, node, {
            lanes,
            columns: 4,
            outputs: 1,
            groups: 1,
            order: "inputs",
            unroll: 1,
            reuse: "window",
            poolOnSums: true,
            roundOnce: true,
          }),
        ];
        const recipe = [...ways.slice(first), nest].find((way) => typeof way === "object") as Recipe;
        return node.kind === sparing ? nest : inRam(graph, node, recipe);
      },
    };
  },
  count: 24,
  share: 1,
});
