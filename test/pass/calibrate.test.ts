/** Ranges by three methods, on values whose best range is known. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rangeBy } from "../../src/pass/calibrate.ts";
import { Histogram } from "../../src/pass/histogram.ts";
import { Observation } from "../../src/pass/observe.ts";
import { random } from "../support/random.ts";

function observed(values: readonly number[]): Observation {
  const seen = new Observation("t", values.length, 1);
  seen.add(values);
  return seen;
}

/** Mean squared error of values on 255 steps over a range, by doing it. */
function errorOn(values: readonly number[], { min, max }: { min: number; max: number }): number {
  const step = (max - min) / 255;
  const errors = values.map((x) => {
    const q = Math.min(Math.max(Math.round((x - min) / step), 0), 255);
    return (x - (min + q * step)) ** 2;
  });
  return errors.reduce((sum, error) => sum + error, 0) / values.length;
}

const source = random(1);
const normal = Array.from({ length: 20_000 }, () => source.normal());

test("percentile leaves out one value in 10,000 at either end", () => {
  const values = Array.from({ length: 100_000 }, (_, i) => i / 100_000);
  const { min, max } = rangeBy("percentile", observed(values));
  assert.ok(min === 0 && Math.abs(max - 0.9999) < 2 / 2048, String(max));
});

test("a lone outlier sets the range of min-max and not of percentile", () => {
  const seen = observed([...normal, 100]);
  assert.equal(rangeBy("min-max", seen).max, 100);
  assert.ok(rangeBy("percentile", seen).max < 8);
});

test("mse costs no more than either other range, and less where values have a long tail", () => {
  const tailed = normal.map((x) => x ** 3);
  for (const values of [normal, tailed, tailed.map((x) => Math.max(x, 0)), tailed.map((x) => -Math.abs(x))]) {
    const seen = observed(values);
    const [full, part, best] = (["min-max", "percentile", "mse"] as const).map((method) =>
      errorOn(values, rangeBy(method, seen)),
    ) as [number, number, number];
    const words = `${best}: min-max ${full}, percentile ${part}`;
    assert.ok(best <= full && best <= part, words);
    if (values === tailed) assert.ok(best < 0.8 * full, words);
  }
});

test("a histogram that grew tells the same as one that began large enough", () => {
  const grown = new Histogram();
  const large = new Histogram();
  large.add([500], 500);
  grown.add([0.01], 0.01);
  for (const x of normal) {
    grown.add([x], Math.abs(x));
    large.add([x], Math.abs(x));
  }
  grown.add([500], 500);
  large.add([0.01], 0.01);
  for (const part of [0.001, 0.25, 0.5, 0.999])
    assert.equal(grown.quantile(part), large.quantile(part), String(part));
  assert.equal(grown.squaredError(-1, 1), large.squaredError(-1, 1));
});
