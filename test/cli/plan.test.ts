import assert from "node:assert/strict";
import { test } from "node:test";
import { pingpool, pingpoolJson } from "../support/pingpool.ts";

interface PlanFacts {
  readonly arenaBytes: number;
  readonly floorBytes: number;
  readonly proven: boolean;
  readonly plan: string;
  readonly tensors: readonly { readonly offset: number; readonly bytes: number }[];
}

const plan = (model: string, ...words: readonly string[]): PlanFacts =>
  pingpoolJson("plan", `models/${model}.pt`, ...words) as PlanFacts;

// The paper's own figures (arXiv 2007.01348), its frame counted in the arena.
const paper = [
  ["naive", 36472],
  ["fused-pool", 11256],
  ["paper", 8800],
] as const;

for (const [strategy, bytes] of paper)
  test(`LeNet-5 in float takes the paper's ${bytes} bytes with plan ${strategy}`, () => {
    const words = ["--input", "1x1x32x32", "--dtype", "f32", "--plan", strategy, "--frame", "resident"];
    const facts = plan("lenet5", ...words);
    assert.equal(facts.arenaBytes, bytes);
    assert.equal(facts.plan, strategy);
    assert.equal(facts.proven, true);
  });

// Bounds and floors of int8 streaming.
const streamed = [
  ["cifar_testnet", "resident", 6060, 5504],
  ["cifar_testnet", "pushed", 4720, 4288],
  ["lenet5", "resident", 1350, 1224],
  ["lenet5", "pushed", 1120, 1016],
] as const;

for (const [model, frame, most, floor] of streamed)
  test(`${model} streams in at most ${most} bytes, frame ${frame}`, () => {
    const facts = plan(model, "--plan", "stream", "--frame", frame);
    assert.ok(facts.arenaBytes <= most, `${facts.arenaBytes} bytes`);
    assert.equal(facts.floorBytes, floor);
    const end = Math.max(...facts.tensors.map(({ offset, bytes }) => offset + bytes));
    assert.equal(end, facts.arenaBytes);
  });

test("the CIFAR test network takes the paper's 11,264 bytes in int8", () => {
  assert.equal(plan("cifar_testnet", "--plan", "paper").arenaBytes, 11264);
});

test("the words of a plan name its floor and where it is", () => {
  const { stdout } = pingpool("plan", "models/lenet5.pt");
  assert.match(stdout, /arena 1,224 B/);
  assert.match(stdout, /floor 1,224 B at event \d+ \(row \d+ of 3 Conv2d 5×5\)/);
});
