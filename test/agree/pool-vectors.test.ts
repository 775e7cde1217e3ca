/** Pools by vectors: random windows, paddings, strides and channels, of either kind of bytes. */
import { poolVectorRecipe } from "../../src/lower/pool-vectors.ts";
import type { Random } from "../support/random.ts";
import { recipeSuite } from "../support/recipe-suite.ts";

const one = <T>(numbers: Random, all: readonly T[]): T => all[numbers.int(0, all.length - 1)]!;

function text(numbers: Random): string {
  const [h, w] = [numbers.int(4, 9), numbers.int(4, 9)];
  const first = one(numbers, ["", " | conv 1x1 20 | relu", " | conv 1x1 16"]);
  const before = first === "" ? numbers.int(16, 35) : 20;
  if (numbers.next() < 0.4) {
    const channels = 4 * numbers.int(4, 8);
    const pool = one(numbers, [`avgpool ${h}x${w}`, `avgpool ${h}x2`, `avgpool ${h}x3 s1`]);
    return `in ${h}x${w}x${channels}${one(numbers, ["", ` | conv 1x1 ${channels} | relu`])} | ${pool} | conv 1x1 3`;
  }
  const kernel = one(numbers, [2, 3]);
  const pool = `maxpool ${kernel} s${numbers.int(1, 3)} p${numbers.int(0, kernel >> 1)}`;
  return `in ${h}x${w}x${before}${first} | ${pool}${one(numbers, ["", " | conv 1x1 3"])}`;
}

recipeSuite({
  text,
  way: () => ({ what: "vectors", recipe: (graph, node) => poolVectorRecipe(graph, node) }),
  count: 40,
  share: 0.7,
});
