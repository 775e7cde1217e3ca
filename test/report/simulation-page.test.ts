import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "node-html-parser";
import { layOutFlame } from "../../src/report/flame-layout.ts";
import { renderSimulation } from "../../src/report/simulation-page.ts";
import type { CallPath } from "../../src/simulate/call-paths.ts";
import { sampleSimulation } from "../support/sample-simulation.ts";

const report = await sampleSimulation();
const page = parse(renderSimulation(report));
const cellsOf = (table: string): string[][] =>
  page
    .querySelectorAll(`#${table} tbody tr`)
    .map((tr) => tr.querySelectorAll("th, td").map((c) => c.text.trim()));
const number = (text: string): number => Number(text.replaceAll(",", ""));

test("the boxes' own cycles add up to the program's, and every function of the table is in some box", () => {
  const boxes = page.querySelectorAll("svg.flame > g");
  const own = boxes.reduce((sum, box) => sum + Number(box.getAttribute("data-own")), 0);
  assert.equal(own, report.cycles);
  const names = new Set(boxes.flatMap((box) => box.getAttribute("data-name")!.split(" ")));
  const missing = cellsOf("function-table").filter(([name]) => !names.has(name!));
  assert.deepEqual(missing, []);
  assert.ok(boxes.length > 5);
});

test("every box says its function, cycles and part of all; what is narrow is merged", () => {
  const titles = page.querySelectorAll("svg.flame > g > title").map(({ text }) => text);
  assert.equal(
    titles[0],
    `main: ${report.cycles} cycles, 100.0 %; ${report.analysis.calls.ownCycles} of its own`,
  );
  assert.ok(
    titles.some((title) => /^g: \d+ cycles, \d+\.\d %; called once$/.test(title)),
    titles.join("\n"),
  );
  assert.ok(
    titles.some((title) => /^layer 1: .* of its own; entered once$/.test(title)),
    titles.join("\n"),
  );
});

test("the tables: paths as in the picture, reasons and mix that add up, all loops", () => {
  const boxes = page.querySelectorAll("svg.flame > g");
  assert.deepEqual(
    cellsOf("paths").map(([, , cycles, , own]) => [number(cycles!), number(own!)]),
    boxes.map((box) => [Number(box.getAttribute("data-cycles")), Number(box.getAttribute("data-own"))]),
  );
  const sum = (table: string, column: number): number =>
    cellsOf(table).reduce((all, row) => all + number(row[column]!), 0);
  assert.equal(sum("reasons", 1), report.cycles);
  assert.equal(sum("function-table", 4), report.cycles);
  assert.equal(sum("mix-table", 1), report.instructions);
  assert.equal(cellsOf("layer-table").length, 2);
});

test("the head says what ran where, and how right that core is; the page needs no script", () => {
  assert.equal(page.querySelector("h1")!.text, "a & b.bin");
  assert.match(page.querySelector("#summary")!.text, /45 programs against its RTL/);
  assert.equal(page.querySelectorAll("script, canvas").length, 0);
});

const path = (name: string, ownCycles: number, callees: readonly CallPath[] = []): CallPath => ({
  ...{ name, address: 0, region: undefined, calls: 1, ownCycles, callees, instructions: 0, folded: 0 },
  totalCycles: callees.reduce((sum, { totalCycles }) => sum + totalCycles, ownCycles),
});
const boxesOf = (root: CallPath, leastShare: number, rows: number): string[] =>
  layOutFlame(root, { leastShare, rows }).map(
    ({ names, kind, depth, from, cycles, own }) =>
      `${names.join("+")} ${kind} ${depth} ${from}:${cycles} ${own}`,
  );
const tree = path("a", 10, [path("b", 20, [path("c", 40)]), path("d", 3), path("e", 1, [path("d", 1)])]);

test("callees stand side by side from where their caller begins; narrow ones are one box at the end", () => {
  assert.deepEqual(boxesOf(tree, 0.1, 9), [
    "a function 0 0:75 10",
    "b function 1 0:60 20",
    "c function 2 0:40 40",
    "d+e rest 1 60:5 5",
  ]);
});

test("the last row's boxes have what is below them as their own", () => {
  assert.deepEqual(boxesOf(tree, 0, 2).slice(0, 2), ["a function 0 0:75 10", "b function 1 0:60 60"]);
});
