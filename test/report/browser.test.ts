import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { readChartJs } from "../../src/bench/report-assets.ts";
import { renderIndex } from "../../src/report/index-page.ts";
import { liveBytes } from "../../src/report/live.ts";
import { renderModelReport } from "../../src/report/page.ts";
import { renderValidation } from "../../src/report/validation-page.ts";
import { comparisonSets } from "../../src/truth/sets.ts";
import { renderSimulation } from "../../src/report/simulation-page.ts";
import { findChromium, type Open, type Page, withBrowser } from "../support/chromium.ts";
import { sampleReport } from "../support/sample-report.ts";
import { sampleSimulation } from "../support/sample-simulation.ts";
import { skipFor } from "../support/tools.ts";

const skip = skipFor(findChromium() === undefined ? "no chromium on this machine" : "");
const report = sampleReport();
const folder = mkdtempSync(join(tmpdir(), "pingpool-report-"));
const page = join(folder, "model.html");
const index = join(folder, "index.html");
writeFileSync(page, renderModelReport(report, { chartJs: readChartJs() }));
const validation = join(folder, "validation.html");
writeFileSync(validation, renderValidation(comparisonSets, "0.1.0", { chartJs: readChartJs() }));
const simulation = join(folder, "simulation.html");
writeFileSync(simulation, renderSimulation(await sampleSimulation()));
writeFileSync(index, renderIndex([{ fileName: "model.html", report }], report));
after(() => {
  rmSync(folder, { recursive: true });
});

const desktop = { width: 1200, height: 900 };
const phone = { width: 360, height: 740 };
/** The panel of the chosen map, in the page. */
const shown = `document.querySelector(".map:not([hidden])")`;

test("in a browser", { skip }, (t) =>
  withBrowser(async (open) => {
    const check = (claim: string, run: (open: Open) => Promise<void>) => t.test(claim, () => run(open));
    await check("the page draws its charts without an error and asks for no file but itself", drawsCharts);
    await check("on a phone neither page scrolls sideways, whichever map is shown", fitsPhone);
    await check("the slider moves with the keyboard and lists what is alive", movesSlider);
    await check("in the drawing the arrow keys go from life to life and a tooltip says which", walksLives);
    await check("the validation page draws a point for every program, and fits a phone", scatters);
    await check("the simulation page fits a phone, and its boxes' names fit the boxes", drawsFlame);
    await check("another choice redraws the waterfall from its table", redraws);
  }),
);

async function drawsCharts(open: Open): Promise<void> {
  const view = await open(page, desktop);
  const drawn = `[...document.querySelectorAll("canvas")].filter((c) => Chart.getChart(c)).length`;
  assert.equal(await view.evaluate(drawn), 7);
  assert.deepEqual(view.problems, []);
  assert.equal(view.requests.length, 1);
}

async function fitsPhone(open: Open): Promise<void> {
  const overhang = `document.documentElement.scrollWidth - innerWidth`;
  assert.equal(await (await open(index, phone)).evaluate(overhang), 0);
  const view = await open(page, phone);
  for (const i of report.maps.keys()) {
    await choose(view, "#map-choice", `map-${i}`);
    assert.equal(await view.evaluate(`${shown}.id`), `map-${i}`);
    assert.equal(await view.evaluate(overhang), 0);
  }
  await view.evaluate(`document.querySelectorAll("details").forEach((d) => { d.open = true; })`);
  assert.equal(await view.evaluate(overhang), 0);
}

async function movesSlider(open: Open): Promise<void> {
  const view = await open(page, desktop);
  const chosen = 3;
  const map = report.maps[chosen]!;
  await choose(view, "#map-choice", `map-${chosen}`);
  const total = `Number(${shown}.querySelector(".total").dataset.total)`;
  assert.equal(await view.evaluate(total), map.floorBytes);
  await view.evaluate(`${shown}.querySelector("input").focus()`);
  await view.press("Home");
  await view.press("ArrowRight");
  assert.equal(await view.evaluate(total), liveBytes(map.lives, map.events.length)[1]);
  assert.equal(await view.evaluate(`${shown}.querySelector(".cursor").getAttribute("x1")`), "1.5");
  const spoken = await view.evaluate(`${shown}.querySelector("input").getAttribute("aria-valuetext")`);
  assert.match(String(spoken), /^event 1: row 1 of input; \d+ bytes alive$/);
}

async function walksLives(open: Open): Promise<void> {
  const view = await open(page, desktop);
  await view.evaluate(`${shown}.querySelector("rect[tabindex='0']").focus()`);
  await view.press("ArrowRight");
  assert.equal(await view.evaluate(`${shown}.querySelector(".tip").hidden`), false);
  const tip = await view.evaluate(`${shown}.querySelector(".tip").textContent`);
  assert.match(String(tip), /^input, row 1: addresses \d+ to \d+ \(128 B\), events \d+ to \d+$/);
}

async function scatters(open: Open): Promise<void> {
  const view = await open(validation, phone);
  for (const { id, rows } of comparisonSets) {
    const points = `Chart.getChart("${id}-chart").data.datasets.reduce((sum, { data }) => sum + data.length, 0)`;
    assert.equal(await view.evaluate(points), rows.length);
  }
  assert.equal(await view.evaluate(`document.documentElement.scrollWidth - innerWidth`), 0);
  assert.deepEqual(view.problems, []);
}

async function redraws(open: Open): Promise<void> {
  const view = await open(page, desktop);
  await choose(view, "select[data-charts^=steps]", "cycles@cortex-m4");
  const bars = await view.evaluate(`Chart.getChart("steps-chart").data.datasets[0].data.slice(0, 2)`);
  assert.deepEqual(bars, [
    [0, 4_810_000],
    [4_810_000, 4_930_000],
  ]);
  await choose(view, "select[data-charts^=steps]", "operations");
  const losses = await view.evaluate(`Chart.getChart("losses-chart").data.datasets[0].data[0]`);
  assert.deepEqual(
    losses,
    [0, -86_400],
    "fused pooling, from the full set and not from the vectors after it",
  );
}

async function choose(view: Page, select: string, value: string): Promise<void> {
  await view.evaluate(`{
    const choice = document.querySelector(${JSON.stringify(select)});
    choice.value = ${JSON.stringify(value)};
    choice.dispatchEvent(new Event("change"));
  }`);
}

async function drawsFlame(open: Open): Promise<void> {
  const tooLong = `[...document.querySelectorAll("svg.flame text")].filter((text) => {
    const box = text.closest("g").querySelector("rect").getBoundingClientRect();
    return text.getBoundingClientRect().right > box.right;
  }).length`;
  for (const screen of [phone, { width: 700, height: 900 }, desktop]) {
    const view = await open(simulation, screen);
    assert.equal(await view.evaluate("document.documentElement.scrollWidth"), screen.width);
    assert.equal(await view.evaluate(tooLong), 0);
    assert.deepEqual(view.problems, []);
  }
}
