/** Activations, softmax, sums, differences and products give the evaluator's bytes in every reader, int8 and float. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCompiler } from "../support/cc.ts";
import { subject, type Way } from "../support/engines.ts";
import { nativeC } from "../support/native-reader.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";
import { assemblyScript, interpreter } from "../support/readers.ts";
import { assertAgrees, networkOf, trialsOf, type Trial } from "../support/trial.ts";

const texts = [
  "in 6x5x3 | conv 3 5 p1 | leaky 0.1 | conv 1 4 | prelu | avgpool 2",
  "in 5x5x3 | conv 3 4 p1 | elu 1.5 | conv 1 4 | elu | conv 1 3 | tanh",
  "in 5x4x3 | conv 3 4 p1 | silu | conv 3 4 p1 | hardswish | conv 1 3 | sigmoid",
  "in 6x6x4 | conv 1 6 | as a | avgpool 6 | conv 1 3 | relu | conv 1 6 | hardsigmoid | as gate | from a | mul gate | conv 1 3",
  "in 6x6x4 | conv 1 4 | as a | avgpool 6 | conv 1 1 | as b | from a | mul b | as c | from a | sub b | add b | sub c",
  "in 4x4x3 | as a | conv 3 3 p1 | sub a | relu | mul a | clamp -1 2 | conv 1 2",
  "in 5x5x2 | conv 3 4 | as a | softmax | mul a | conv 1 3 | logsoftmax",
  "in 6x6x1 | conv 3 4 | silu | flatten | linear 10 | softmax",
  "in 6x6x1 | conv 3 4 | tanh | flatten | linear 10 | logsoftmax",
  "in 3x1x1 | sigmoid | logsoftmax",
];

const ways: readonly Way[] = [
  { schedule: "plain", strategy: "stream", frame: "resident" },
  { schedule: "blocked", strategy: "stream", frame: "pushed" },
  { schedule: "v128", strategy: "overlap", frame: "resident" },
];

const numbers = random(41);
const trials: Trial[] = texts.flatMap((text) =>
  (["int8", "f32"] as const).flatMap((dtype) => {
    const some = subject(text, dtype, numbers);
    const usable = ways.filter(({ schedule }) => dtype === "int8" || schedule !== "v128");
    return trialsOf(networkOf(some.text, some.graph, [some.input]), usable);
  }),
);

/** Numbers of every size and sign, where the sequences clamp, round and cancel. */
const special = [0, -0, 9, -9, 88, -87, 89, -88, 1e-40, -1e-40, 1e30, -1e30, 3.4e38, -3.4e38, 2 ** -149, 0.5];
const everySize = Float32Array.from({ length: 4096 }, (_, i) =>
  i < special.length ? special[i]! : numbers.normal() * 2 ** numbers.int(-30, 8),
);

const functions = ["leaky", "prelu", "elu", "silu", "hardswish", "hardsigmoid", "sigmoid", "tanh"];
const wide = [...functions, "softmax", "logsoftmax"].flatMap((word) => {
  const float = net(`in 8x128x4 | ${word}`, { seed: 5 });
  return trialsOf(networkOf(word, float, [everySize]), ways.slice(0, 1));
});
trials.push(...wide);

test("the results are no constants", () => {
  for (const { what, expected } of trials.filter(({ what }) => !what.includes("3x1x1"))) {
    assert.ok(new Set(expected.flat().flatMap((values) => [...values])).size > 2, what);
  }
});

test("the interpreter agrees", (t) => assertAgrees(t, trials, interpreter));

test("AssemblyScript agrees", (t) => assertAgrees(t, trials, assemblyScript));

const scalar = trials.filter(({ what }) => !what.includes("v128"));

test("C on this machine agrees", async (t) => {
  if (hasCompiler(t, "gcc")) await assertAgrees(t, scalar, nativeC);
});
