/** What the recipes of a kind of layer are held to: on random networks and plans, the evaluator's bytes in every reader. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../src/compile.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import type { Recipe, Recipes } from "../../src/lower/recipe.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { nestRecipe } from "../../src/lower/scheduled.ts";
import type { FramePolicy, Strategy } from "../../src/plan/plan.ts";
import { clangWasm, hasCompiler } from "./cc.ts";
import { byteFrame, int8 } from "./frames.ts";
import { nativeC } from "./native-reader.ts";
import { net } from "./networks.ts";
import { random, type Random } from "./random.ts";
import { assemblyScript, cAsWasm, interpreter } from "./readers.ts";
import { full } from "./tools.ts";
import { assertAgrees, networkOf, type Network, type Trial } from "./trial.ts";

export interface Suite {
  /** In the notation of `net`. */
  readonly text: (numbers: Random) => string;
  /** A way to compute the nodes, or why there is none for one: the plain nest then computes it. */
  readonly way: (numbers: Random) => {
    readonly what: string;
    readonly recipe: (graph: Graph, node: Node) => Recipe | string;
  };
  /** Bits of weights, 8 unless given. */
  readonly bits?: 4;
  /** Networks; three times as many in a full run. */
  readonly count: number;
  /** At least this share of them must use a recipe. */
  readonly share: number;
}

const plans: readonly (readonly [Strategy, FramePolicy])[] = [
  ["stream", "pushed"],
  ["stream", "resident"],
  ["best-fit", "resident"],
  ["naive", "pushed"],
];

/** Registers the tests of a suite. */
export function recipeSuite(suite: Suite): void {
  const numbers = random(45);
  const trials = Array.from({ length: full ? 3 * suite.count : suite.count }, (_, seed) =>
    trialFor(suite, networkFor(suite.text(numbers), seed, suite.bits), seed),
  );
  const all = trials.map(({ trial }) => trial);
  /** A full run has three times the networks, and a third or an eighth of them where a compiler takes a second for each. */
  const every = (step: number, inFull = 3): readonly Trial[] =>
    all.filter((_, i) => i % (full ? inFull : step) === 0);

  test("the checked interpreter gives the evaluator's bytes", async (t) => {
    const used = trials.filter((one) => one.used > 0).length;
    assert.ok(used >= suite.share * trials.length, `${used} of ${trials.length} use a recipe`);
    await assertAgrees(t, all, interpreter);
  });

  test("AssemblyScript gives the evaluator's bytes", (t) => assertAgrees(t, every(4), assemblyScript));

  test("C on this machine gives the evaluator's bytes, and no sanitizer has anything to say", async (t) => {
    if (hasCompiler(t, "gcc")) await assertAgrees(t, every(3), nativeC);
  });

  test("C as Wasm gives the evaluator's bytes, and nothing undefined traps", async (t) => {
    const clang = await clangWasm(t);
    if (clang) await assertAgrees(t, every(10, 8), cAsWasm(clang));
  });
}

/** With two frames: random, and of the largest and smallest values alone, where sums are largest. */
function networkFor(text: string, seed: number, bits: 8 | 4 = 8): Network {
  const numbers = random(seed);
  const calibrated = int8(net(text, { seed }), numbers, 4, bits);
  const graph = numbers.next() < 0.3 ? withLargeBiases(calibrated, numbers) : calibrated;
  const some = byteFrame(graph, numbers);
  const [low, high] = some instanceof Int8Array ? [-128, 127] : [0, 255];
  const extreme = some.map(() => (numbers.next() < 0.5 ? low : high));
  return networkOf(`${text}, seed ${seed}`, graph, [some, extreme]);
}

/** No sum of an ordinary network leaves 24 bits; one of these in each layer does. */
function withLargeBiases(graph: Graph, numbers: Random): Graph {
  const nodes = graph.nodes.map((node): Node => {
    if (node.kind !== "conv2d" && node.kind !== "linear") return node;
    const data = Int32Array.from(node.bias.data);
    data[numbers.int(0, data.length - 1)] = numbers.int(-(2 ** 28), 2 ** 28);
    return { ...node, bias: { ...node.bias, data } };
  });
  return { ...graph, nodes };
}

function trialFor(suite: Suite, network: Network, seed: number): { trial: Trial; used: number } {
  const { what, recipe } = suite.way(random(seed));
  const used = new Set<string>();
  const of = (graph: Graph, node: Node): Recipe => {
    const found = recipe(graph, node);
    if (typeof found === "string") return nestRecipe(schedules.plain);
    used.add(node.name);
    return found;
  };
  const recipes: Recipes = { name: what, refuses: () => undefined, of };
  const [strategy, frame] = plans[seed % plans.length]!;
  const variant = { strategy, frame, fusePool: strategy !== "naive", recipes };
  const { program } = compile({ dtype: "int8", graph: network.graph }, variant);
  return {
    trial: { ...network, what: `${network.text} ${what} ${strategy} ${frame}`, program },
    used: used.size,
  };
}
