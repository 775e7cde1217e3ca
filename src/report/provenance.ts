import type { Measurement, Provenance } from "../measurement.ts";
import type { ModelReport } from "./data.ts";
import { type Markup, markup, nothing } from "./markup.ts";
import type { Section } from "./section.ts";

/** What the provenance words mean, and every source behind them in full, since a title cannot be read on paper. */
const meaning: Readonly<Record<Provenance, string>> = {
  counted: "exact, from the plan or the program",
  estimated:
    "counted operations times what compiled kernels of the kind took on a simulated core; ± is what nine in ten were within",
  emulated: "run on an emulator of the core, which counted",
  measured: "run on the machine that made this page",
  cited: "published by others",
};

export function renderProvenance(report: ModelReport): Section {
  return {
    id: "provenance",
    title: "Where the numbers come from",
    short: "Provenance",
    body: renderLegend(everyMeasurement(report)),
  };
}

/** The words; with measurements, also the sources behind each. */
export function renderLegend(all?: readonly Measurement[]): Markup {
  const words = Object.keys(meaning) as Provenance[];
  return markup`<dl class="terms legend">${words.map((word) => markup`<div><dt><span class="how ${word}">${word}</span></dt><dd>${meaning[word]}${all ? renderSources(word, all) : nothing}</dd></div>`)}</dl>`;
}

function renderSources(word: Provenance, all: readonly Measurement[]): Markup {
  const sources = [...new Set(all.filter((m) => m.how === word).map((m) => m.source))].sort();
  if (sources.length === 0) return markup`; <em>none on this page</em>`;
  const list = markup`<ul class="sources">${sources.map((source) => markup`<li>${source}</li>`)}</ul>`;
  return sources.length <= 8
    ? list
    : markup`<details><summary>${sources.length} sources</summary>${list}</details>`;
}

/** All measurements of a report, in the order of the page. */
export function everyMeasurement(report: ModelReport): Measurement[] {
  return [
    ...report.variants.flatMap((v) => v.measurements),
    ...report.layers.flatMap((l) => l.measurements),
    ...report.ablation.flatMap((a) => [...a.switchedOn, ...a.removed]),
    ...report.accuracy.map((a) => a.accuracy),
    ...(report.chosen ?? []).flatMap(({ measurements }) => measurements),
    ...(report.devices?.engines ?? []).flatMap((engine) => [...engine.measurements, ...engine.layers]),
  ];
}
