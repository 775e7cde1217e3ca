/** Pruned linear layers, their weights in 8 bits and in 4, give the evaluator's bytes in every reader. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../src/compile.ts";
import { copiedBytes, inRam } from "../../src/lower/in-ram.ts";
import type { Recipes } from "../../src/lower/recipe.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { nestRecipe } from "../../src/lower/scheduled.ts";
import { clangWasm, hasCompiler } from "../support/cc.ts";
import type { Way } from "../support/engines.ts";
import { byteFrame, int8 } from "../support/frames.ts";
import { nativeC } from "../support/native-reader.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";
import { assemblyScript, cAsWasm, interpreter } from "../support/readers.ts";
import { thinned } from "../support/thinned.ts";
import { assertAgrees, networkOf, trialsOf } from "../support/trial.ts";

const texts = [
  "in 1x1x40 | linear 7 | relu | linear 3",
  "in 1x1x300 | linear 6 | relu | linear 4",
  "in 9x9x1 | conv 3 9 | relu | flatten | linear 12 | relu | linear 5",
  "in 1x1x700 | linear 3",
];

const ways: readonly Way[] = [
  { schedule: "plain", strategy: "stream", frame: "resident" },
  { schedule: "blocked", strategy: "stream", frame: "pushed" },
  { schedule: "unrolled", strategy: "naive", frame: "resident" },
  { schedule: "v128", strategy: "overlap", frame: "resident" },
];

const numbers = random(15);
const networks = texts.flatMap((text, seed) =>
  ([8, 4] as const).map((bits) => {
    const graph = thinned(int8(net(text, { seed }), numbers, 4, bits), 0.9, numbers);
    const some = byteFrame(graph, numbers);
    const [low, high] = some instanceof Int8Array ? [-128, 127] : [0, 255];
    const extreme = some.map(() => (numbers.next() < 0.5 ? low : high));
    return networkOf(`${text}, ${bits} bits`, graph, [some, extreme]);
  }),
);
const trials = networks.flatMap((network) => trialsOf(network, ways));
const scalar = trials.filter(({ what }) => !what.includes("v128"));

test("they are compressed, but where a plan takes the input row by row", () => {
  const compressed = trials.filter(({ program }) =>
    program.constants.some(({ buffer }) => buffer.name.endsWith("_places")),
  );
  assert.ok(compressed.length >= scalar.length - 2, `${compressed.length} of ${scalar.length}`);
});

test("the interpreter agrees", (t) => assertAgrees(t, trials, interpreter));

test("with constants in RAM too, of which those of a layer that takes its input row by row find less room", async (t) => {
  const nest = nestRecipe(schedules.blocked);
  const recipes: Recipes = {
    name: "in RAM",
    refuses: () => undefined,
    of: (graph, node) => inRam(graph, node, nest),
  };
  const moved = networks.map((network) => {
    const prepared = { dtype: "int8", graph: network.graph } as const;
    const variant = { strategy: "stream", frame: "pushed", fusePool: true, recipes } as const;
    const { plan, program } = compile(prepared, variant);
    return { ...network, what: `${network.text}, in RAM`, plan, program };
  });
  assert.ok(moved.some(({ plan }) => plan.accumulators.size > 0));
  for (const { plan, program, graph, what } of moved)
    for (const node of graph.nodes) {
      const aside = recipes.of(graph, node).residentBytes!;
      const copied = copiedBytes(program.kernels, node.name);
      const takesRows = [...plan.accumulators.keys()].includes(node.name);
      assert.ok(
        takesRows ? copied < aside / 2 : copied <= aside && copied > aside - 16,
        `${what}: ${node.name}`,
      );
    }
  await assertAgrees(t, moved, interpreter);
});

test("AssemblyScript agrees", (t) => assertAgrees(t, trials, assemblyScript));

test("C on this machine agrees, and no sanitizer has anything to say", async (t) => {
  if (hasCompiler(t, "gcc")) await assertAgrees(t, scalar, nativeC);
});

test("C as Wasm agrees, and nothing undefined traps", async (t) => {
  const clang = await clangWasm(t);
  if (clang) await assertAgrees(t, scalar.slice(0, 6), cAsWasm(clang));
});
