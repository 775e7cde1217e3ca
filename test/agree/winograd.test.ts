/** Winograd's kernels through every reader: random convolutions, pools, paddings, channels; the extremes of bytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../src/compile.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import type { WinogradOptions } from "../../src/lower/winograd/nest.ts";
import { winograd, winogradRecipe } from "../../src/lower/winograd/recipe.ts";
import { fusePool } from "../../src/pass/fuse-pool.ts";
import type { FramePolicy, Strategy } from "../../src/plan/plan.ts";
import { clangWasm, hasCompiler } from "../support/cc.ts";
import { byteFrame, int8 } from "../support/frames.ts";
import { nativeC } from "../support/native-reader.ts";
import { net } from "../support/networks.ts";
import { random, type Random } from "../support/random.ts";
import { assemblyScript, cAsWasm, interpreter } from "../support/readers.ts";
import { full } from "../support/tools.ts";
import { assertAgrees, networkOf, type Network, type Trial } from "../support/trial.ts";

const elsewhere = scheduled(schedules.plain);

const uses = (graph: Graph, options: WinogradOptions): boolean =>
  graph.nodes.some((node) => typeof winogradRecipe(graph, node, options) !== "string");

/** Two convolutions that write into the rows of their concatenation. */
const beside = " | as s | conv 1x1 6 | as e | from s | conv 3x3 7 p1 | relu | concat e | conv 1x1 3";

/** A convolution that Winograd can compute, often with a pool, sometimes with others behind it. */
function randomText(numbers: Random): string {
  const layer = (): string => {
    const rows = numbers.next() < 0.5 ? 3 : 5;
    const columns = numbers.int(1, 5);
    const padding = [rows, rows, columns, columns].map((k) => numbers.int(0, k >> 1)).join();
    const relu = numbers.next() < 0.5 ? " | relu" : "";
    const pool = ["", " | maxpool 2", " | maxpool 2x1", " | maxpool 1x2", " | maxpool 2x3 s2x1"][
      numbers.int(0, 4)
    ]!;
    return `conv ${rows}x${columns} ${numbers.int(1, 6)} p${padding}${relu}${pool}`;
  };
  const size = `${numbers.int(6, 17)}x${numbers.int(8, 17)}x${numbers.int(1, 5)}`;
  const behind = ["", "", " | conv 3x3 4 p1 | relu", beside][numbers.int(0, 3)]!;
  return `in ${size} | ${layer()}${behind}`;
}

function networkFor(text: string, seed: number): Network {
  const numbers = random(seed);
  const graph = int8(net(text, { seed }), numbers);
  const some = byteFrame(graph, numbers);
  const [low, high] = some instanceof Int8Array ? [-128, 127] : [0, 255];
  return networkOf(`${text}, seed ${seed}`, graph, [
    some,
    some.map(() => (numbers.next() < 0.5 ? low : high)),
  ]);
}

const options = (numbers: Random): WinogradOptions => ({
  m: numbers.next() < 0.5 ? 2 : 4,
  lanes: numbers.next() < 0.5 ? 1 : 2,
  columns: numbers.int(2, 6),
  groups: numbers.int(1, 3),
  unroll: numbers.int(1, 4),
  order: numbers.next() < 0.5 ? "inputs" : "weights",
});

const plans: readonly (readonly [Strategy, FramePolicy])[] = [
  ["stream", "pushed"],
  ["stream", "resident"],
  ["best-fit", "resident"],
  ["naive", "pushed"],
];

function trialFor(network: Network, seed: number): { readonly trial: Trial; readonly isUsed: boolean } {
  const chosen = options(random(seed));
  const recipes = winograd(chosen, elsewhere);
  const [strategy, frame] = plans[seed % plans.length]!;
  const variant = { strategy, frame, fusePool: strategy !== "naive", recipes };
  const { graph, program } = compile({ dtype: "int8", graph: network.graph }, variant);
  const what = `${network.text} ${JSON.stringify(chosen)} ${strategy} ${frame}`;
  return { trial: { ...network, what, program }, isUsed: uses(graph, chosen) };
}

const numbers = random(45);
const trials = Array.from({ length: full ? 300 : 60 }, (_, seed) =>
  trialFor(networkFor(randomText(numbers), seed), seed),
);
const all = trials.map(({ trial }) => trial);
const some = (step: number): readonly Trial[] => all.filter((_, i) => full || i % step === 0);

test("the checked interpreter gives the evaluator's bytes", async (t) => {
  const used = trials.filter(({ isUsed }) => isUsed).length;
  assert.ok(used > 0.8 * trials.length, `${used} of ${trials.length} use Winograd`);
  await assertAgrees(t, all, interpreter);
});

test("AssemblyScript gives the evaluator's bytes", (t) => assertAgrees(t, some(4), assemblyScript));

test("C on this machine gives the evaluator's bytes, and no sanitizer has anything to say", async (t) => {
  if (hasCompiler(t, "gcc")) await assertAgrees(t, some(3), nativeC);
});

test("C as Wasm gives the evaluator's bytes, and nothing undefined traps", async (t) => {
  const clang = await clangWasm(t);
  if (clang) await assertAgrees(t, some(10), cAsWasm(clang));
});

/** One output channel of 5 × 1 taps over 1,652 channels, the first `count` weights 127 and the others 0. */
function heavy(count: number): Graph {
  const graph = int8(net("in 8x4x1652 | conv 5x1 1", { seed: 1 }), random(1));
  const nodes = graph.nodes.map((node) => {
    if (node.kind !== "conv2d") return node;
    const data = new Int8Array(node.weight.data.length).fill(127, 0, count);
    const bias = { shape: [1], data: Int32Array.of(0) };
    const requantize = { multiplier: Int32Array.of(1 << 30), shift: Int32Array.of(-20) };
    return { ...node, weight: { ...node.weight, data }, bias, requantize };
  });
  const tensors = new Map(
    [...graph.tensors].map(([name, tensor]) => [
      name,
      { ...tensor, quantization: { scale: tensor.quantization!.scale, zeroPoint: 0 } },
    ]),
  );
  return { ...graph, nodes, tensors };
}

const four = { m: 4, lanes: 1, columns: 4, groups: 1, unroll: 1, order: "inputs" } as const;

test("weights at the very edge of what F(4,5) can divide give the evaluator's bytes", async (t) => {
  // 2^27 / 128 / 127 = 8,256.5: so many weights of 127 times −128 stay in 28 bits.
  const graph = heavy(8256);
  const frame = new Int8Array(8 * 4 * 1652).fill(-128);
  const mixed = frame.map((_, i) => (i % 1652 < 900 ? -128 : 127));
  const network = networkOf("heavy", graph, [frame, mixed]);
  assert.deepEqual([...new Set(network.expected[0])], [192]); // −2^27 / 2^21 = −64 as a byte
  for (const lanes of [1, 2] as const) {
    const recipes = winograd({ ...four, lanes }, elsewhere);
    const variant = { strategy: "stream", frame: "resident", fusePool: true, recipes } as const;
    const { program } = compile({ dtype: "int8", graph }, variant);
    assert.ok(uses(graph, { ...four, lanes }));
    const trial: Trial = { ...network, what: `heavy, ${lanes} lanes`, program };
    await assertAgrees(t, [trial], interpreter);
    if (hasCompiler(t, "gcc")) await assertAgrees(t, [trial], nativeC);
  }
});

test("one weight more is refused", () => {
  const graph = heavy(8257);
  const why = winogradRecipe(graph, graph.nodes[0]!, four);
  assert.equal(why, "0.conv2d has results of channel 0 that reach -134225792 to 133177153, beyond 28 bits");
  assert.notEqual(typeof winogradRecipe(graph, graph.nodes[0]!, { ...four, m: 2 }), "string");
});

test("what Winograd is not for is refused in words", () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ["in 8x8x2 | conv 7x7 2", /kernel of 7 rows/],
    ["in 8x8x2 | conv 3x3 2 s2", /stride/],
    ["in 8x8x2 | conv 3x3 2 d2", /dilated/],
    ["in 8x8x2 | conv 3x3 2 g2", /2 groups/],
    ["in 9x9x2 | conv 3x3 2 | maxpool 3", /pool that does not end with 4 rows/],
    ["in 8x8x2 | maxpool 2", /is a maxPool2d/],
  ];
  for (const [text, why] of refusals) {
    const graph = fusePool(int8(net(text), random(3)));
    const answer = winogradRecipe(graph, graph.nodes[0]!, four);
    assert.match(typeof answer === "string" ? answer : answer.name, why);
  }
});
