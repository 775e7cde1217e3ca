/** Depthwise convolutions by vectors: random kernels, strides, paddings, channels, tiles. */
import { depthwiseVectorRecipe } from "../../src/lower/depthwise-vectors/recipe.ts";
import type { Random } from "../support/random.ts";
import { recipeSuite } from "../support/recipe-suite.ts";

const one = <T>(numbers: Random, all: readonly T[]): T => all[numbers.int(0, all.length - 1)]!;

function text(numbers: Random): string {
  const channels = numbers.int(8, 19);
  const kernel = one(numbers, ["3x3", "3x3", "5x5", "1x4", "2x1", "4x2"]);
  const [rows, columns] = kernel.split("x").map(Number) as [number, number];
  const padding = [rows, rows, columns, columns].map((k) => numbers.int(0, k >> 1)).join();
  const stride = one(numbers, ["1", "1", "2", "2x1"]);
  const activation = (): string => one(numbers, ["", " | relu", " | relu6"]);
  const depthwise = ` | conv ${kernel} ${channels} g${channels} s${stride} p${padding}${activation()}`;
  const size = `${numbers.int(5, 11)}x${numbers.int(5, 13)}`;
  const first = one(numbers, ["", ` | conv 1x1 ${channels} | relu`]);
  return `in ${size}x${channels}${first}${depthwise}${one(numbers, ["", ` | conv 1x1 5${activation()}`])}`;
}

recipeSuite({
  text,
  way(numbers) {
    const tile = numbers.int(1, 12);
    return { what: `tile ${tile}`, recipe: (graph, node) => depthwiseVectorRecipe(graph, node, { tile }) };
  },
  count: 40,
  share: 1,
});
