/** Activations of 16 bits, among bytes and everywhere they can be, give the evaluator's bytes in every reader. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../../src/graph/graph.ts";
import { calibrate } from "../../src/pass/calibrate.ts";
import { observe } from "../../src/pass/observe.ts";
import { optimize } from "../../src/pass/passes.ts";
import { quantize } from "../../src/pass/quantize.ts";
import { mayWiden } from "../../src/pass/widen.ts";
import { clangWasm, hasCompiler } from "../support/cc.ts";
import type { Way } from "../support/engines.ts";
import { byteFrame, frames } from "../support/frames.ts";
import { nativeC } from "../support/native-reader.ts";
import { net } from "../support/networks.ts";
import { randomChain } from "../support/random-chain.ts";
import { random, type Random } from "../support/random.ts";
import { assemblyScript, cAsWasm, interpreter } from "../support/readers.ts";
import { full } from "../support/tools.ts";
import { assertAgrees, networkOf, trialsOf } from "../support/trial.ts";

const numbers = random(32);

const texts = [
  "in 8x8x3 | conv 3 4 p1 | relu | maxpool 2 | conv 3 6 | flatten | linear 9 | relu | linear 5",
  "in 6x6x4 | conv 3 8 p1 | as a | conv 3 8 p1 g8 | add a | relu | conv 1 4",
  "in 6x6x4 | conv 1 4 | as a | conv 3 4 p1 | sub a | mul a | conv 1 2",
  "in 9x7x2 | conv 3 5 s2 p1 | avgpool 2 | clamp -1 2 | conv 2 3",
  ...Array.from({ length: full ? 60 : 12 }, () => randomChain(numbers, { exotic: numbers.next() < 0.5 })),
];

/** All that may be in 16 bits, or some of it. */
function wideGraph(text: string, numbers: Random, isAll: boolean): Graph {
  const float = optimize(net(text, { seed: 3 }), { fusePool: false });
  const samples = Array.from({ length: 4 }, () => frames(float, numbers));
  const able = float.nodes.filter((node) => mayWiden(float, node)).map(({ output }) => output);
  const wide = new Set(able.filter(() => isAll || numbers.next() < 0.5));
  return quantize(float, calibrate(observe(float, samples)), 8, wide);
}

const ways: readonly Way[] = [
  { schedule: "plain", strategy: "stream", frame: "resident" },
  { schedule: "blocked", strategy: "stream", frame: "pushed" },
  { schedule: "collapsed", strategy: "best-fit", frame: "resident" },
  { schedule: "v128", strategy: "naive", frame: "resident" },
];

const trials = texts.flatMap((text, turn) =>
  [true, false].flatMap((isAll) => {
    const graph = wideGraph(text, numbers, isAll);
    const some = byteFrame(graph, numbers);
    const [low, high] = some instanceof Int8Array ? [-128, 127] : [0, 255];
    const extreme = some.map(() => (numbers.next() < 0.5 ? low : high));
    const used = turn < 4 ? ways : [ways[turn % 4]!];
    return trialsOf(networkOf(`${text}, ${isAll ? "all" : "some"} wide`, graph, [some, extreme]), used);
  }),
);
const scalar = trials.filter(({ what }) => !what.includes("v128"));

test("there are 16 bits among them, and in most networks bytes beside them", () => {
  const types = texts.map(
    (text) => new Set([...wideGraph(text, random(1), true).tensors.values()].map((t) => t.dtype)),
  );
  assert.ok(types.filter((set) => set.has("i16")).length > texts.length / 2);
});

test("the interpreter agrees", (t) => assertAgrees(t, trials, interpreter));

test("AssemblyScript agrees, scalar and v128", (t) => assertAgrees(t, trials, assemblyScript));

test("C on this machine agrees, and no sanitizer has anything to say", async (t) => {
  if (hasCompiler(t, "gcc")) await assertAgrees(t, scalar, nativeC);
});

test("C as Wasm agrees, and nothing undefined traps", async (t) => {
  const clang = await clangWasm(t);
  if (clang) await assertAgrees(t, scalar.slice(0, full ? 40 : 6), cAsWasm(clang));
});
