/** Sums and differences by linear forms: random shapes, clamps and scales, also in place. */
import { additionRecipe } from "../../src/lower/addition/recipe.ts";
import type { Random } from "../support/random.ts";
import { recipeSuite } from "../support/recipe-suite.ts";

const one = <T>(numbers: Random, all: readonly T[]): T => all[numbers.int(0, all.length - 1)]!;

function text(numbers: Random): string {
  const channels = numbers.int(1, 9);
  const activation = (): string => one(numbers, ["", " | relu", " | relu6", " | clamp -1 0.5"]);
  const conv = (): string => ` | conv 1x1 ${channels}${activation()}`;
  const sum = (): string => ` | ${one(numbers, ["add", "add", "sub"])} a${activation()}`;
  const size = `${numbers.int(2, 7)}x${numbers.int(1, 9)}x${channels}`;
  return `in ${size}${one(numbers, ["", conv()])} | as a${conv()}${sum()} | as a${conv()}${sum()}`;
}

recipeSuite({
  text,
  way(numbers) {
    const lanes = one(numbers, [1, 4] as const);
    return { what: `lanes ${lanes}`, recipe: (graph, node) => additionRecipe(graph, node, { lanes }) };
  },
  count: 40,
  share: 0.95,
});
