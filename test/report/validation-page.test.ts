import assert from "node:assert/strict";
import test from "node:test";
import { parse } from "node-html-parser";
import { renderValidation } from "../../src/report/validation-page.ts";
import type { Comparisons } from "../../src/truth/comparison.ts";

const set: Comparisons = {
  id: "boards",
  title: "Against boards",
  metric: "cycles",
  truth: { how: "cited", source: "a table" },
  found: { how: "estimated", source: "a model" },
  writtenBy: "a script",
  notes: ["<one> row cannot be run"],
  rows: [
    { core: "m0", program: "a & b", truth: 1000, found: 1010 },
    { core: "m0", program: "c", truth: 2000, found: 2000 },
    { core: "m4", program: "c", truth: 1000, found: 975 },
  ],
};
const page = parse(renderValidation([set], "0.1.0", { chartJs: "" }));
const cellsOf = (table: string): string[][] =>
  page
    .querySelectorAll(`#${table} tbody tr`)
    .map((tr) => tr.querySelectorAll("th, td").map((c) => c.text.trim()));

test("a row a core: programs, exact ones, mean and worst error", () => {
  assert.deepEqual(cellsOf("boards-cores"), [
    ["m0", "2", "1", "0.50 %", "1.00 %", "a & b"],
    ["m4", "1", "0", "2.50 %", "2.50 %", "c"],
  ]);
});

test("a row a program, with the sign of its error, and all that the chart needs", () => {
  assert.deepEqual(cellsOf("boards-rows"), [
    ["m0", "a & b", "1,000", "1,010", "+1.00 %"],
    ["m0", "c", "2,000", "2,000", "0 %"],
    ["m4", "c", "1,000", "975", "−2.50 %"],
  ]);
  const canvas = page.querySelector("canvas[data-scatter]")!;
  assert.equal(canvas.getAttribute("data-scatter"), "boards-rows");
});

test("it says how both sides were obtained, and what could not be compared", () => {
  assert.deepEqual(
    page.querySelectorAll(".how").map((badge) => badge.text),
    ["cited", "estimated"],
  );
  assert.equal(page.querySelector(".notes li")!.innerHTML, "&#60;one&#62; row cannot be run");
});
