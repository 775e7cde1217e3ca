import assert from "node:assert/strict";
import test from "node:test";
import { parse } from "node-html-parser";
import { renderIndex } from "../../src/report/index-page.ts";
import { sampleReport } from "../support/sample-report.ts";

const report = sampleReport();
const made = { command: "npm run bench", environment: "Node v20", toolVersion: "0.1.0" };
const page = parse(
  renderIndex(
    [
      { fileName: "lenet5.html", report },
      { fileName: 'a "b".html', report: { ...report, name: "<b>", variants: [], accuracy: [] } },
    ],
    made,
  ),
);

test("every model is linked, in a card and in the table", () => {
  const links = page.querySelectorAll("a[href]").map((a) => a.getAttribute("href"));
  assert.deepEqual(links, [
    "#main",
    "lenet5.html",
    "a%20%22b%22.html",
    "lenet5.html",
    "a%20%22b%22.html",
    "validation.html",
  ]);
});

test("the table has the chief numbers with their provenance, and dashes where there are none", () => {
  const [first, second] = page.querySelectorAll("#models-table tbody tr");
  assert.deepEqual(
    first!.querySelectorAll("td").map((td) => td.text),
    [
      "1,236 B counted", "1,028 B counted", "2,200 B counted", "6,320 B cited", "6,104 B counted", "67,492 B counted", "61,706 B counted", "24.3 ms ±4.2 % estimated",
      "98.89 % measured", "98.84 % measured",
    ],
  ); // prettier-ignore
  assert.ok(second!.querySelectorAll("td").every((td) => td.text === "–"));
});

test("engines on emulated cores are compared with CMSIS-NN, core by core", () => {
  const cells = page
    .querySelectorAll("#devices-table tbody tr")
    .map((tr) => tr.querySelectorAll("th, td").map((cell) => cell.text.trim()));
  const rows = (model: string): string[][] => [
    [`${model}ours, flash free`, "1.12 M emulated1.9× fewer", "1.12 M emulated1.9× fewer"],
    [`${model}CMSIS-NN 99f736a`, "2.15 M emulated", "2.15 M emulated"],
  ];
  assert.deepEqual(cells, [...rows("LeNet-5"), ...rows("<b>")]);
});
