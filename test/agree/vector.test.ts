/** Convolutions by vectors: random kernels, strides, paddings, pools, channels and blocks. */
import { vectorRecipe } from "../../src/lower/vector/recipe.ts";
import type { Random } from "../support/random.ts";
import { recipeSuite } from "../support/recipe-suite.ts";

const one = <T>(numbers: Random, all: readonly T[]): T => all[numbers.int(0, all.length - 1)]!;

function text(numbers: Random): string {
  const layer = (): string => {
    const kernel = one(numbers, ["3x3", "5x5", "1x1", "4x2", "2x5"]);
    const [rows, columns] = kernel.split("x").map(Number) as [number, number];
    const padding = [rows, rows, columns, columns].map((k) => numbers.int(0, k >> 1)).join();
    const relu = one(numbers, ["", " | relu", " | relu6"]);
    const pool = one(numbers, ["", "", " | maxpool 2", " | maxpool 3 s2", " | maxpool 2x1"]);
    const stride = pool === "" ? one(numbers, ["1", "2"]) : "1";
    return ` | conv ${kernel} ${numbers.int(1, 9)} s${stride} p${padding}${relu}${pool}`;
  };
  const size = `${numbers.int(8, 13)}x${numbers.int(8, 15)}x${numbers.int(1, 9)}`;
  return `in ${size}${layer()}${one(numbers, ["", " | conv 3x3 5 p1 | relu"])}`;
}

recipeSuite({
  text,
  way(numbers) {
    const options = {
      columns: numbers.int(1, 3),
      groups: numbers.int(1, 5),
      channels: one(numbers, [2, 4] as const),
    };
    return {
      what: JSON.stringify(options),
      recipe: (graph, node) => vectorRecipe(graph, node, options),
    };
  },
  count: 60,
  share: 0.9,
});
