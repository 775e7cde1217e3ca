import assert from "node:assert/strict";
import { test } from "node:test";
import { fitCoefficients } from "../../scripts/calibrate/least-squares.ts";
import { random } from "../support/random.ts";

test("coefficients are found again from rows made with them, and never negative", () => {
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
