import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted } from "../../src/choose/fitted.ts";
import { waitsOf, workOf } from "../../src/choose/work.ts";
import { cores } from "../../src/core/cores.ts";
import { priceOf } from "../../src/core/price.ts";
import { type Counts, operations } from "../../src/loop/operation.ts";
import { fitCoefficients } from "../../scripts/calibrate/least-squares.ts";
import { random } from "../support/random.ts";

const counts = Object.fromEntries(operations.map((o, i) => [o, 7 * i + 1])) as Counts;

test("the parts of the work and the waits of constants are all there is to an estimate", () => {
  for (const core of cores) {
    const parts = [...workOf(counts, core), waitsOf(counts, core)];
    const sum = parts.reduce((total, x) => total + x, 0);
    assert.ok(Math.abs(sum - priceOf(counts, core)) < 1e-6 * sum, core.id);
  }
});

test("every fit has a factor a part, none negative and not all of them 0, and some code", () => {
  for (const [core, fits] of Object.entries(fitted)) {
    assert.ok(Object.keys(fits).length > 20, core);
    for (const [key, [factors, codeBytes]] of Object.entries(fits)) {
      assert.equal(factors.length, workOf(counts, cores[0]!).length, key);
      assert.ok(factors.every((x) => x >= 0) && factors.some((x) => x > 0), key);
      assert.ok(codeBytes > 0, key);
    }
  }
});

test("factors are found again from rows made with them, and never negative", () => {
  const { next } = random(3);
  const factors = [0.5, 0, 2];
  const rows = Array.from({ length: 40 }, () => {
    const row = [next(), next(), next()];
    const sum = row.reduce((total, x, i) => total + x * factors[i]!, 0);
    return row.map((x) => x / sum);
  });
  const fit = (from: readonly (readonly number[])[], prior: number): readonly number[] =>
    fitCoefficients(
      from,
      from.map(() => 1),
      from[0]!.map(() => prior),
      0.01,
    );
  const found = fit(rows, 0.8);
  for (const [i, x] of found.entries())
    assert.ok(Math.abs(x - factors[i]!) < 0.05, `${x}, not ${factors[i]}`);
  assert.ok(
    fit(
      [
        [1, 2],
        [1, 1],
        [2, 7],
      ],
      1,
    ).every((x) => x >= 0),
  );
});
