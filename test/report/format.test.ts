import assert from "node:assert/strict";
import test from "node:test";
import type { Metric } from "../../src/measurement.ts";
import {
  exactValue,
  formatRuns,
  formatTime,
  formatValue,
  groupDigits,
  shorten,
} from "../../src/report/format.ts";

test("values are written for people", () => {
  const cases: readonly (readonly [Metric, number, string])[] = [
    ["arenaBytes", 11264, "11,264 B"],
    ["flashBytes", 999, "999 B"],
    ["weightBytes", 1234567, "1,234,567 B"],
    ["macs", 9999, "9,999"],
    ["macs", 416520, "417 k"],
    ["cycles", 3421234, "3.42 M"],
    ["cycles", 10000, "10.0 k"],
    ["operations", 1.5e9, "1.50 G"],
    ["latencyNs", 4071230, "4.07 ms"],
    ["ratio", 1.529, "1.53×"],
    ["ratio", 12.34, "12.3×"],
    ["accuracy", 0.98891, "98.89 %"],
    ["accuracy", NaN, "not a number"],
  ];
  for (const [metric, value, text] of cases) assert.equal(formatValue(metric, value), text);
});

test("rounding never shows four digits before the letter", () => {
  assert.equal(shorten(999_499), "999 k");
  assert.equal(shorten(999_500), "1.00 M");
  assert.equal(shorten(9_999.4), "10,000");
  assert.equal(shorten(99_960), "100 k");
});

test("times take the unit that leaves one to three digits", () => {
  assert.deepEqual([7.5, 812_300, 24_300_000, 1.25e9].map(formatTime), [
    "7.5 ns",
    "812 µs",
    "24.3 ms",
    "1.25 s",
  ]);
});

test("digits are grouped before the point only", () => {
  assert.deepEqual([0, 1000, -1234567, 1234.56789].map(groupDigits), [
    "0",
    "1,000",
    "-1,234,567",
    "1,234.56789",
  ]);
});

test("the exact value keeps every digit", () => {
  assert.equal(exactValue("cycles", 3421234.25), "3421234.25 cycles");
});

test("rows are written as runs", () => {
  assert.equal(formatRuns([0, 1, 2, 5, 7, 8]), "0–2, 5, 7–8");
  assert.equal(formatRuns([]), "");
});
