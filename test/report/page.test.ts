import assert from "node:assert/strict";
import test from "node:test";
import { type HTMLElement, parse } from "node-html-parser";
import { readChartJs } from "../../src/bench/report-assets.ts";
import type { Measurement } from "../../src/measurement.ts";
import type { ModelReport } from "../../src/report/data.ts";
import { renderModelReport } from "../../src/report/page.ts";
import { everyMeasurement } from "../../src/report/provenance.ts";
import { assertGolden } from "../support/golden.ts";
import { sampleReport } from "../support/sample-report.ts";

const report = sampleReport();
const chartJs = readChartJs();
const html = renderModelReport(report, { chartJs });
const page = parse(html);

/** Value, metric and provenance of every number below an element, with how often each occurs. */
function numbersIn(root: HTMLElement): Map<string, number> {
  const found = new Map<string, number>();
  for (const number of root.querySelectorAll(".number[data-metric]")) {
    const how = number.nextElementSibling;
    const key = `${number.getAttribute("data-metric")} ${number.getAttribute("data-value")} ${how?.text} ${how?.getAttribute("title")}`;
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  return found;
}

function decode(text: string): string {
  return parse(`<p>${text}</p>`).text;
}

function keyOf(m: Measurement): string {
  return `${m.metric} ${m.value} ${m.how} ${m.source}`;
}

test("every measurement is on the page as often as in the report, with its provenance and source", () => {
  const tables = new Map<string, number>();
  for (const table of page.querySelectorAll("table")) {
    for (const [key, times] of numbersIn(table))
      tables.set(decode(key), (tables.get(decode(key)) ?? 0) + times);
  }
  const expected = new Map<string, number>();
  for (const m of everyMeasurement(report)) expected.set(keyOf(m), (expected.get(keyOf(m)) ?? 0) + 1);
  assert.deepEqual([...tables].sort(), [...expected].sort());
});

test("every number is followed by a provenance word, and an interval is printed with it", () => {
  const words = new Set(["counted", "estimated", "emulated", "measured", "cited"]);
  const numbers = page.querySelectorAll(".number[data-metric]");
  assert.ok(numbers.length > 200);
  for (const number of numbers) assert.ok(words.has(number.nextElementSibling!.text), number.outerHTML);
  const ratio = page.querySelector(`#steps-table [data-metric="ratio"]`)!;
  assert.match(ratio.text, /^0\.96× 0\.95×–0\.97×$/);
});

test("every chart is drawn from a table that stands in the same figure", () => {
  const charts = page.querySelectorAll("canvas");
  assert.deepEqual(
    charts.map((c) => c.id),
    [
      ...["ram-int8-chart", "ram-f32-chart", "layers-chart"],
      ...["device-engines-chart", "device-layers-chart", "steps-chart", "losses-chart"],
    ],
  );
  for (const chart of charts) {
    const table = chart.closest("figure")!.querySelector(`#${chart.getAttribute("data-table")}`)!;
    const column = chart.getAttribute("data-column")!;
    assert.ok(table.querySelectorAll(`td[data-column="${column}"]`).length > 0, chart.id);
    assert.ok(chart.getAttribute("aria-label"));
  }
});

test("every table has a caption and scopes, and stands in a box of its own that scrolls", () => {
  for (const table of page.querySelectorAll("table")) {
    assert.ok(table.querySelector("caption")!.text.trim());
    assert.ok(table.querySelectorAll("th").every((th) => th.hasAttribute("scope")));
    assert.ok(table.closest(".scroll")!.getAttribute("aria-label"));
  }
});

test("the report itself is in the page", () => {
  const data = page.querySelector("#report-data")!.rawText;
  assert.deepEqual(JSON.parse(data), JSON.parse(JSON.stringify(report)));
});

test("the same report gives the same bytes", () => {
  assert.equal(renderModelReport(sampleReport(), { chartJs }), html);
});

test("nothing is asked of the network", () => {
  assert.equal(page.querySelectorAll("link, img, iframe, script[src], object, embed").length, 0);
  assert.doesNotMatch(html, /url\(|@import|sourceMappingURL/);
  for (const link of page.querySelectorAll("a")) assert.match(link.getAttribute("href")!, /^#/);
  const policy = page.querySelector("meta[http-equiv=Content-Security-Policy]")!.getAttribute("content")!;
  assert.match(policy, /^default-src 'none'/);
});

test("no element has an event handler in its attributes", () => {
  for (const element of page.querySelectorAll("*")) {
    assert.deepEqual(
      Object.keys(element.attributes).filter((name) => name.startsWith("on")),
      [],
    );
  }
});

test("hostile names stay text", () => {
  const hostile = `</script><b id="x" onclick='y'>&amp;"`;
  const rename = (value: unknown): unknown => {
    if (typeof value === "string") return keep.has(value) ? value : hostile + value;
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rename(inner)]));
  };
  const evil = rename(report) as ModelReport;
  const text = renderModelReport(evil, { chartJs });
  const doc = parse(text);
  assert.equal(doc.querySelectorAll("b, [onclick]").length, 0);
  assert.equal(doc.querySelectorAll("script").length, 3);
  assert.equal(text.match(/<\/script>/g)!.length, 3);
  assert.equal(doc.querySelector("h1")!.text, hostile + report.name);
  assert.deepEqual(JSON.parse(doc.querySelector("#report-data")!.rawText), JSON.parse(JSON.stringify(evil)));
});

/** Words with a meaning, which a name cannot be. */
const keep = new Set(
  "f32 int8 resident pushed - row scratch counted estimated emulated measured cited".split(" ").concat([
    "arenaBytes", "floorBytes", "scratchBytes", "frameBytes", "codeBytes", "stackBytes", "weightBytes", "flashBytes",
    "macs", "operations", "instructions", "cycles", "latencyNs", "ratio", "accuracy",
  ]),
); // prettier-ignore

test("a report with nothing in it is still a page", () => {
  const empty = {
    ...report,
    layers: [],
    variants: [],
    maps: [],
    ablation: [],
    accuracy: [],
    cores: [],
    notes: [],
    tradeOff: { core: "cortex-m4", measure: "cycles", lines: [] },
    devices: { devices: [], engines: [], notes: [] },
  };
  const doc = parse(renderModelReport(empty, { chartJs }));
  assert.equal(doc.querySelectorAll("main > section").length, 12);
  assert.match(doc.querySelector("#accuracy")!.text, /no accuracy was measured/);
});

test("the engine chosen for each core is a row with its cycles, their error and each layer's way", () => {
  const rows = page.querySelectorAll("#chosen-engines tbody tr");
  assert.deepEqual(
    rows.map((row) => row.getAttribute("data-label")),
    ["Cortex-M0+", "Cortex-M4"],
  );
  for (const row of rows) {
    assert.match(row.querySelector('[data-column="cycles"]')!.text, /±/);
    assert.match(row.text, /conv1 winograd/);
  }
});

test("the trade-off is drawn as a line a flash budget, and its points are in a table", () => {
  const section = page.querySelector("#trade-off")!;
  assert.equal(section.querySelectorAll("svg.trade-off path").length, report.tradeOff!.lines.length);
  const points = report.tradeOff!.lines.flatMap((line) => line.points);
  assert.equal(section.querySelectorAll("tbody tr").length, points.length);
  for (const { cycles } of points) assert.ok(section.text.includes(cycles.toLocaleString("en")));
});

test("the skeleton of the page is the golden one", () => {
  assertGolden("report-skeleton.txt", skeleton(page.querySelector("html")!, 0));
});

/** Headings, landmarks, figures, controls and tables, indented as they are nested. */
function skeleton(element: HTMLElement, depth: number): string {
  const shown =
    /^(H1|H2|H3|HEADER|NAV|MAIN|SECTION|FIGURE|CANVAS|SVG|TABLE|SELECT|INPUT|BUTTON|SCRIPT|DETAILS|FOOTER)$/;
  const tag = element.tagName ?? "";
  const name = tag.toLowerCase();
  const id = element.id ? ` #${element.id}` : "";
  const words = /^H[123]$/.test(tag) ? ` ${element.text}` : tag === "TABLE" ? ` .${element.classNames}` : "";
  const line = shown.test(tag) ? `${"  ".repeat(depth)}${name}${id}${words}\n` : "";
  const inner = line === "" ? depth : depth + 1;
  const children = element.childNodes.filter((child): child is HTMLElement => child.nodeType === 1);
  return line + children.map((child) => skeleton(child, inner)).join("");
}
