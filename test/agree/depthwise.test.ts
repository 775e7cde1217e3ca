/** Depthwise convolutions: random kernels, strides, paddings, channels, multiples of them, tiles. */
import { depthwiseRecipe } from "../../src/lower/depthwise/recipe.ts";
import type { DepthwiseOptions } from "../../src/lower/depthwise/depthwise.ts";
import type { Random } from "../support/random.ts";
import { recipeSuite } from "../support/recipe-suite.ts";

const one = <T>(numbers: Random, all: readonly T[]): T => all[numbers.int(0, all.length - 1)]!;

const options = (numbers: Random): DepthwiseOptions => ({
  lanes: one(numbers, [1, 2] as const),
  columns: numbers.int(1, 5),
  tile: numbers.int(1, 12),
});

function text(numbers: Random): string {
  const channels = numbers.int(1, 13);
  const activation = (): string => one(numbers, ["", " | relu", " | relu6"]);
  const depthwise = (multiple: number): string => {
    const kernel = one(numbers, ["3x3", "3x3", "5x5", "1x4", "2x1", "4x2"]);
    const [rows, columns] = kernel.split("x").map(Number) as [number, number];
    const padding = [rows, rows, columns, columns].map((k) => numbers.int(0, k >> 1)).join();
    const stride = one(numbers, ["1", "1", "2", "2x1"]);
    return ` | conv ${kernel} ${channels * multiple} g${channels} s${stride} p${padding}${activation()}`;
  };
  const size = `${numbers.int(5, 11)}x${numbers.int(5, 13)}`;
  const first = one(numbers, ["", ` | conv 1x1 ${channels} | relu`]);
  const second = one(numbers, ["", ` | conv 1x1 5${activation()}`]);
  return `in ${size}x${channels}${first}${depthwise(one(numbers, [1, 1, 2, 3]))}${second}`;
}

recipeSuite({
  text,
  way(numbers) {
    const chosen = options(numbers);
    return {
      what: JSON.stringify(chosen),
      recipe: (graph, node) => depthwiseRecipe(graph, node, chosen),
    };
  },
  count: 100,
  share: 1,
});
