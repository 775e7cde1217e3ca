import assert from "node:assert/strict";
import { test } from "node:test";
import type { Priced } from "../../src/choose/price.ts";
import { constantBytesOf, cyclesOf, select } from "../../src/choose/select.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { nestRecipe } from "../../src/lower/scheduled.ts";
import { random } from "../support/random.ts";

const recipe = nestRecipe(schedules.plain);
const way = (cycles: number, constantBytes: number): Priced => ({
  recipe,
  measure: "cycles",
  cycles,
  constantBytes,
  codeBytes: 0,
  extraBytes: 0,
});

/** The best of all combinations. */
function exhaustive(layers: readonly (readonly Priced[])[], flashBytes: number): number {
  const combinations = layers.reduce<(readonly Priced[])[]>(
    (found, options) => found.flatMap((picks) => options.map((option) => [...picks, option])),
    [[]],
  );
  return Math.min(...combinations.filter((p) => constantBytesOf(p) <= flashBytes).map(cyclesOf));
}

test("picks are as fast as the best of all combinations that fit", () => {
  const { int } = random(5);
  for (let turn = 0; turn < 100; turn++) {
    const layers = Array.from({ length: int(1, 4) }, () =>
      Array.from({ length: int(1, 4) }, () => way(int(0, 999), 16 * int(0, 49))),
    );
    const flashBytes = 16 * int(0, 149);
    const found = select(layers, flashBytes);
    assert.equal(found ? cyclesOf(found) : Infinity, exhaustive(layers, flashBytes));
    if (found) assert.ok(constantBytesOf(found) <= flashBytes);
  }
});

test("of equals the way listed first is picked", () => {
  const [first, second] = [way(10, 32), way(10, 32)];
  assert.equal(select([[first, second]], Infinity)![0], first);
});

test("a budget is never overdrawn by rounding", () => {
  const layers = Array.from({ length: 20 }, () => [way(100, 1), way(50, 18)]);
  const found = select(layers, 120)!;
  assert.ok(constantBytesOf(found) <= 120);
});
