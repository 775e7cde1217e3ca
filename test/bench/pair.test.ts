import assert from "node:assert/strict";
import { test } from "node:test";
import { comparePair, compareToBaseline, timeOne, type Side } from "../../src/bench/pair.ts";
import { bootstrapInterval, quantile } from "../../src/bench/statistics.ts";

/** A clock that only work moves; `noise` is what the machine adds to each call, as a factor. */
function machine(noise: () => number = () => 1): { clock: () => number; side: (ms: number) => Side } {
  let now = 0;
  return {
    clock: () => now,
    side: (ms) => ({
      name: `${ms} ms`,
      run: () => {
        now += ms * noise();
      },
    }),
  };
}

test("on a steady clock the ratio is exact and its interval has no width", async () => {
  const { clock, side } = machine();
  const pair = await comparePair(side(3), side(0.25), { clock, budgetMs: 200 });
  assert.ok(Math.abs(pair.ratio - 12) < 1e-9, String(pair.ratio));
  assert.ok(pair.high - pair.low < 1e-9);
  assert.ok(Math.abs(pair.aNs - 3e6) < 1e-3);
  assert.ok(Math.abs(pair.bNs - 0.25e6) < 1e-3);
});

test("a machine that slows down halfway does not move the ratio", async () => {
  let calls = 0;
  const { clock, side } = machine(() => (++calls > 600 ? 4 : 1));
  const pair = await comparePair(side(0.5), side(0.5), { clock, budgetMs: 800, batchMs: 1 });
  assert.ok(Math.abs(pair.ratio - 1) < 1e-9, String(pair.ratio));
});

test("a slow outlier in one batch in ten moves neither the ratio nor the 25th percentile", async () => {
  let calls = 0;
  const { clock, side } = machine(() => (++calls % 10 === 0 ? 50 : 1));
  const pair = await comparePair(side(2), side(1), { clock, budgetMs: 3000, batchMs: 1 });
  assert.ok(pair.low <= pair.ratio && pair.ratio <= pair.high);
  assert.ok(Math.abs(pair.aNs - 2e6) < 1e-3);
  assert.ok(Math.abs(pair.bNs - 1e6) < 1e-3);
});

test("the budget bounds the blocks, and at least minBlocks are taken", async () => {
  const { clock, side } = machine();
  const rich = await comparePair(side(1), side(1), { clock, budgetMs: 400, batchMs: 1 });
  assert.equal(rich.blocks, 100); // ABBA of 1 ms batches: 4 ms a block
  const poor = await comparePair(side(1), side(1), { clock, budgetMs: 4, minBlocks: 20 });
  assert.equal(poor.blocks, 20);
});

test("a promised side is timed until it resolves", async () => {
  let now = 0;
  const foreign: Side = {
    name: "foreign",
    isAsync: true,
    run: async () => {
      await Promise.resolve();
      now += 6;
    },
  };
  const ours: Side = { name: "ours", run: () => void (now += 2) };
  const pair = await comparePair(foreign, ours, { clock: () => now, budgetMs: 100 });
  assert.equal(pair.ratio, 3);
});

test("variants are compared with the baseline in their order", async () => {
  const { clock, side } = machine();
  const pairs = await compareToBaseline(side(8), [side(8), side(4), side(2)], { clock, budgetMs: 100 });
  assert.deepEqual(
    pairs.map(({ ratio }) => ratio),
    [1, 2, 4],
  );
});

test("timing one engine gives nanoseconds a call", async () => {
  const { clock, side } = machine();
  const time = await timeOne(side(0.125), { clock, budgetMs: 100 });
  assert.equal(time.ns, 125_000);
  assert.equal(time.low, 125_000);
});

test("what a side throws reaches the caller", async () => {
  const broken: Side = {
    name: "broken",
    run: () => {
      throw new Error("unreachable executed");
    },
  };
  await assert.rejects(timeOne(broken), /unreachable executed/);
});

test("a quantile interpolates between neighbours", () => {
  assert.equal(quantile([40, 10, 30, 20], 0.25), 17.5);
  assert.equal(quantile([7], 0.25), 7);
});

test("a bootstrap interval repeats with its seed and contains the median", () => {
  const samples = Array.from({ length: 41 }, (_, i) => 1 + ((i * 17) % 41) / 41);
  const interval = bootstrapInterval(samples, 0.5, 7);
  assert.deepEqual(bootstrapInterval(samples, 0.5, 7), interval);
  const median = quantile(samples, 0.5);
  assert.ok(interval.low < median && median < interval.high);
});
