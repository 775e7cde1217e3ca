/** Networks whose layers are each computed in another of the ways a chooser has for some core. */
import { candidates } from "../../src/choose/candidates.ts";
import { cores } from "../../src/core/cores.ts";
import type { Random } from "../support/random.ts";
import { recipeSuite } from "../support/recipe-suite.ts";

const one = <T>(numbers: Random, all: readonly T[]): T => all[numbers.int(0, all.length - 1)]!;

function text(numbers: Random): string {
  const activation = (): string => one(numbers, ["", " | relu", " | relu6"]);
  const channels = numbers.int(1, 9);
  const dense = ` | conv ${one(numbers, ["3x3", "5x5"])} ${channels} p${numbers.int(0, 2)}${activation()}`;
  const pool = one(numbers, ["", " | maxpool 2 s2"]);
  const depthwise = ` | conv 3x3 ${channels} g${channels} p1${activation()}`;
  const pointwise = ` | conv 1x1 ${numbers.int(1, 9)}${activation()}`;
  const linear = ` | flatten | linear ${numbers.int(1, 9)}`;
  const size = `${numbers.int(8, 13)}x${numbers.int(8, 13)}x${numbers.int(1, 5)}`;
  return `in ${size}${dense}${pool}${depthwise}${pointwise}${linear}`;
}

recipeSuite({
  text,
  way(numbers) {
    const core = one(numbers, cores);
    const picks = numbers.int(0, 1 << 20);
    return {
      what: `${core.name}, picks ${picks}`,
      recipe(graph, node) {
        const ways = candidates(graph, node, core.features);
        return ways[picks % ways.length]!;
      },
    };
  },
  count: 60,
  share: 1,
});
