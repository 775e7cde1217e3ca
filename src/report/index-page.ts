import type { Measurement } from "../measurement.ts";
import { findMeasurement, isCited, isCmsis, isPaper, latencyOn, leastRam, namedCore } from "./choice.ts";
import type { ModelReport, VariantReport } from "./data.ts";
import { summariseDevices } from "./device-summary.ts";
import { renderDeviceSummary } from "./device-table.ts";
import { type Markup, markup, nothing } from "./markup.ts";
import { scrollBox } from "./measurement-table.ts";
import { renderNumber } from "./number.ts";
import { renderDocument } from "./page.ts";
import { renderLegend } from "./provenance.ts";

/** The index: every model with its chief numbers, and the way to its page. */
export interface IndexEntry {
  /** The page of the model, relative to the index: `lenet5.html`. */
  readonly fileName: string;
  readonly report: ModelReport;
}

/** `made` is what every page has at its head: the command, the host and the tool's version. */
export function renderIndex(
  entries: readonly IndexEntry[],
  made: { readonly command: string; readonly environment: string; readonly toolVersion: string },
): string {
  const devices = summariseDevices(entries.map(({ report }) => report));
  return renderDocument(
    "pingpool reports",
    markup`<header class="top"><div><p class="eyebrow">pingpool reports</p>
<h1>What each optimisation buys</h1>
<p class="lead">Trained networks turned into C for microcontrollers: the memory, flash and time each needs, plan by plan.</p>
<dl class="facts"><dt>Made by</dt><dd><pre><code>${made.command}</code></pre></dd>
<dt>Environment</dt><dd>pingpool ${made.toolVersion}; ${made.environment}</dd></dl></div></header>
<main id="main"><section id="models" aria-labelledby="models-title"><h2 id="models-title">Models</h2>
<div class="cards">${entries.map(renderEntry)}</div></section>
<section id="numbers" aria-labelledby="numbers-title"><h2 id="numbers-title">Side by side</h2>
<div class="figure">${renderTable(entries)}</div></section>
${
  devices
    ? markup`<section id="devices" aria-labelledby="devices-title"><h2 id="devices-title">On emulated cores</h2>
${renderDeviceSummary(devices)}</section>
`
    : nothing
}<section id="validation" aria-labelledby="validation-title"><h2 id="validation-title">How wrong the estimates are</h2>
<p><a href="validation.html">Every core's cycles beside the truth</a>: programs on the cores' own RTL, on hardware and on emulators, with mean and worst error.</p></section>
<section id="provenance" aria-labelledby="provenance-title"><h2 id="provenance-title">Where the numbers come from</h2>
${renderLegend()}</section></main>
<footer>pingpool ${made.toolVersion}</footer>`,
  );
}

function renderEntry(entry: IndexEntry): Markup {
  const { report } = entry;
  return markup`<article class="card"><h3 class="name"><a href="${encodeURI(entry.fileName)}">${report.name}</a></h3><p>${report.description}</p>
<dl><div><dt>Input</dt><dd><code>${report.input}</code></dd></div></dl></article>
`;
}

/** A column of the table: what it asks of a report. */
interface Question {
  readonly title: string;
  readonly ask: (report: ModelReport) => Measurement | undefined;
}

/** int8 where there is any, else float. */
function best(report: ModelReport, frame: VariantReport["frame"]): VariantReport | undefined {
  return leastRam(report, "int8", frame) ?? leastRam(report, "f32", frame);
}

function ramWhere(test: (v: VariantReport) => boolean): Question["ask"] {
  return (report) =>
    findMeasurement(
      report.variants.find((v) => v.dtype === "int8" && test(v)),
      "arenaBytes",
    );
}

function accuracyOf(dtype: VariantReport["dtype"]): Question["ask"] {
  return (report) => report.accuracy.findLast((a) => a.dtype === dtype)?.accuracy;
}

const questions: readonly Question[] = [
  { title: "RAM, frame resident", ask: (report) => findMeasurement(best(report, "resident"), "arenaBytes") },
  { title: "RAM, rows pushed", ask: (report) => findMeasurement(best(report, "pushed"), "arenaBytes") },
  {
    title: "RAM, the paper's plan, int8",
    ask: ramWhere((v) => isPaper(v) && v.frame === "resident"),
  },
  { title: "RAM, CMSIS-NN int8, published", ask: ramWhere((v) => isCmsis(v) && isCited(v)) },
  { title: "RAM, CMSIS-NN int8, modelled", ask: ramWhere((v) => isCmsis(v) && !isCited(v)) },
  { title: "Flash", ask: (report) => findMeasurement(best(report, "resident"), "flashBytes") },
  { title: "Weights", ask: (report) => findMeasurement(best(report, "resident"), "weightBytes") },
  { title: "Time", ask: timeOnNamedCore },
  { title: "Accuracy, float", ask: accuracyOf("f32") },
  { title: "Accuracy, int8", ask: accuracyOf("int8") },
];

function timeOnNamedCore(report: ModelReport): Measurement | undefined {
  const variant = best(report, "resident");
  const core = namedCore(report);
  return variant && core && latencyOn(variant, core);
}

function renderTable(entries: readonly IndexEntry[]): Markup {
  const cores = [...new Set(entries.flatMap((entry) => namedCore(entry.report)?.name ?? []))].join(", ");
  const asked = questions.filter((q) => entries.some((entry) => q.ask(entry.report)));
  const caption = "The best plan of each model, int8 where there is any";
  const rows = entries.map(
    ({ fileName, report }) =>
      markup`<tr><th scope="row"><a href="${encodeURI(fileName)}">${report.name}</a></th>${asked.map((q) => renderCell(q.ask(report)))}</tr>
`,
  );
  return scrollBox(
    caption,
    markup`<table id="models-table" class="wide"><caption>${caption}${cores === "" ? "" : `; time on ${cores}`}</caption>
<thead><tr><th scope="col">Model</th>${asked.map((q) => markup`<th scope="col" class="num">${q.title}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>`,
  );
}

function renderCell(m: Measurement | undefined): Markup {
  return m ? markup`<td class="num">${renderNumber(m)}</td>` : markup`<td class="num none">–</td>`;
}
