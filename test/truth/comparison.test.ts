import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedCores } from "../../src/simulate/core/cores.ts";
import { accuracyOf, accuracyWords } from "../../src/truth/comparison.ts";
import { accuraciesOf, comparisonSets, cyclesNotCompared } from "../../src/truth/sets.ts";

const truth = { how: "emulated", source: "its RTL" } as const;
const rows = [
  { core: "a", program: "one", truth: 100, found: 100 },
  { core: "a", program: "two", truth: 100, found: 75 },
  { core: "b", program: "one", truth: 100, found: 200 },
];

test("a core's accuracy is the mean and the worst of its own rows, signs dropped", () => {
  const accuracy = accuracyOf({ rows, truth, metric: "cycles" }, "a");
  assert.deepEqual(accuracy, {
    against: "its RTL",
    metric: "cycles",
    runs: 2,
    exact: 1,
    mapePercent: 12.5,
    worstPercent: 25,
    worst: "two",
  });
  assert.equal(accuracyWords(accuracy!), "2 programs against its RTL: mean error 12.50 %, worst 25.00 %");
  assert.equal(accuracyOf({ rows, truth, metric: "cycles" }, "c"), undefined);
});

test("every simulated core's cycles were compared with something, or it is said why not", () => {
  const without = simulatedCores
    .map(({ id }) => id)
    .filter((id) => !accuraciesOf(id).some(({ metric }) => metric === "cycles"));
  assert.deepEqual(without.sort(), Object.keys(cyclesNotCompared).sort());
});

test("every simulated core has a comparison, but QingKe V2C, which no emulator runs", () => {
  for (const { id } of simulatedCores) assert.equal(accuraciesOf(id).length === 0, id === "qingke-v2c", id);
});

test("no program is compared twice, and every figure is a whole number above 0", () => {
  for (const { id, rows: own } of comparisonSets) {
    assert.ok(own.length > 0, id);
    assert.equal(new Set(own.map(({ core, program }) => `${core} ${program}`)).size, own.length, id);
    for (const row of own)
      for (const value of [row.truth, row.found])
        assert.ok(Number.isInteger(value) && value > 0, `${id}: ${row.core} ${row.program}`);
  }
});
