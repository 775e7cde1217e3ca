import assert from "node:assert/strict";
import test from "node:test";
import { type ChartRow, lengthBars, lossBars, stepBars } from "../../src/report/client/bars.ts";
import { wrapLabel } from "../../src/report/client/charts.ts";
import type { Theme } from "../../src/report/client/theme.ts";

const theme: Theme = {
  text: "text", muted: "muted", line: "line", surface: "surface", strong: "strong", soft: "soft",
  better: "better", worse: "worse", total: "total", font: "font",
}; // prettier-ignore

function row(label: string, value?: number, more: Partial<ChartRow> = {}): ChartRow {
  return {
    label,
    frame: "",
    foreign: false,
    full: false,
    ...(value === undefined ? {} : { cell: { value, how: "counted" } }),
    ...more,
  };
}

test("a waterfall begins and ends with totals, and losses look like losses", () => {
  const bars = stepBars([row("a", 100), row("b", 60), row("c", 70), row("d", 70)], "arenaBytes", theme);
  assert.deepEqual(
    bars.map((b) => [b.label, b.from, b.to, b.text, b.colour]),
    [
      ["a", 0, 100, "100 B", "total"],
      ["b", 100, 60, "−40 B", "better"],
      ["c", 60, 70, "+10 B", "worse"],
      ["d", 70, 70, "±0 B", "better"],
      ["All together", 0, 70, "70 B", "total"],
    ],
  );
});

test("an optimisation removed alone shows the difference from the full set, to the left if it is better without", () => {
  const bars = lossBars([row("b", 110), row("c", 60), row("d")], row("full", 70), "arenaBytes", theme);
  assert.deepEqual(
    bars.map((b) => [b.from, b.to, b.text, b.colour]),
    [
      [0, 40, "+40 B", "worse"],
      [0, -10, "−10 B", "better"],
      [0, 0, "–", "total"],
    ],
  );
});

test("ratios start at one and carry their interval", () => {
  const cell = { value: 0.97, how: "measured", low: 0.95, high: 0.99 };
  const [bar] = stepBars([row("a", undefined, { cell })], "ratio", theme);
  assert.deepEqual([bar!.from, bar!.to, bar!.colour, bar!.whiskers], [1, 0.97, "worse", [0.95, 0.99]]);
});

test("bars of other engines are outlined, pushed ones have their own colour, floors are marked", () => {
  const bars = lengthBars(
    [row("a", 5, { frame: "pushed", floor: 4 }), row("b", 7, { foreign: true })],
    "arenaBytes",
    theme,
  );
  assert.deepEqual(
    bars.map((b) => [b.label, b.colour, b.outlined, b.mark]),
    [
      ["a, pushed", "soft", false, 4],
      ["b", "strong", true, undefined],
    ],
  );
});

test("labels take two lines at most", () => {
  assert.deepEqual(wrapLabel("CMSIS-NN legacy, as published", 15), ["CMSIS-NN", "legacy, as …"]);
  assert.deepEqual(wrapLabel("Naive", 15), ["Naive"]);
});
