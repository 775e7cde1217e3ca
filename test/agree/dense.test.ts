/** Pointwise convolutions and linear layers: random sizes, channels, strides, blocks. */
import { denseRecipe } from "../../src/lower/dense/recipe.ts";
import type { DenseOptions } from "../../src/lower/dense/dense.ts";
import type { Random } from "../support/random.ts";
import { recipeSuite } from "../support/recipe-suite.ts";

const one = <T>(numbers: Random, all: readonly T[]): T => all[numbers.int(0, all.length - 1)]!;

function options(numbers: Random): DenseOptions {
  const lanes = one(numbers, [1, 2, 16] as const);
  return {
    lanes,
    columns: numbers.int(1, 5),
    outputs: (lanes === 2 ? 2 : 1) * numbers.int(1, 4),
    unroll: numbers.int(1, 3),
    expands: numbers.next() < 0.7,
  };
}

function text(numbers: Random): string {
  const activation = (): string => one(numbers, ["", " | relu", " | relu6"]);
  const size = `${numbers.int(1, 6)}x${numbers.int(1, 11)}x${numbers.int(1, 19)}`;
  const pointwise = (): string =>
    ` | conv 1x1 ${numbers.int(1, 11)} s${one(numbers, ["1", "2", "1x2"])}${activation()}`;
  const linear = (): string =>
    ` | flatten | linear ${one(numbers, [numbers.int(1, 13), numbers.int(1, 13), 70])}${activation()}`;
  const layers = one(numbers, [pointwise() + linear(), pointwise() + pointwise(), linear() + linear()]);
  return `in ${size}${one(numbers, ["", " | conv 3x3 6 p1 | relu"])}${layers}`;
}

recipeSuite({
  text,
  way(numbers) {
    const chosen = options(numbers);
    return {
      what: JSON.stringify(chosen),
      recipe: (graph, node) => denseRecipe(graph, node, chosen),
    };
  },
  count: 100,
  share: 0.8,
});
