/** The page of one simulated run: where a program's cycles went, by call path, function, layer, loop and instruction. */
import type { Measurement } from "../measurement.ts";
import type { CallPath } from "../simulate/call-paths.ts";
import { foldedCalls } from "../simulate/call-paths.ts";
import { reasonWords, reasons } from "../simulate/simulation.ts";
import { endingWords, percentOf } from "../simulate/words.ts";
import { accuracySentences } from "../truth/sets.ts";
import { renderFlame } from "./flame.ts";
import { formatClock, groupDigits } from "./format.ts";
import { type Markup, markup, nothing } from "./markup.ts";
import { badge, renderNumber } from "./number.ts";
import { renderDocument, renderSection } from "./page.ts";
import { renderLegend } from "./provenance.ts";
import type { Section } from "./section.ts";
import type { SimulationReport } from "./simulation-data.ts";
import {
  functionTable,
  layerTable,
  loopTable,
  mixTable,
  ownersOf,
  simpleTable,
} from "./simulation-tables.ts";

/** Same report, same bytes; the page has no script. */
export function renderSimulation(report: SimulationReport): string {
  const { analysis } = report;
  const source = `pingpool's simulator: ${report.core.name} on ${report.chip.name}`;
  const how = badge("emulated", source);
  const numbers = measurementsOf(report, source);
  const sections: readonly Section[] = [
    { id: "summary", title: "In short", short: "Summary", body: renderSummary(report, numbers, how) },
    { id: "flame", title: "Flame picture", short: "Flame picture", body: renderPicture(report, how) },
    { id: "functions", title: "Functions", short: "Functions", body: functionTable(report, how) },
    ...(analysis.regions.length > 0
      ? [{ id: "layers", title: "Layers", short: "Layers", body: layerTable(report, how) }]
      : []),
    ...(analysis.loops.length > 0
      ? [{ id: "loops", title: "Hottest loops", short: "Loops", body: loopTable(report, how) }]
      : []),
    { id: "mix", title: "Instruction mix", short: "Mix", body: mixTable(report, how) },
    {
      id: "provenance",
      title: "Where the numbers come from",
      short: "Provenance",
      body: renderLegend(numbers),
    },
  ];
  const name = fileName(report.program.path);
  return renderDocument(
    `${name} on ${report.core.name} – pingpool simulation`,
    markup`${renderTop(report, name)}
<nav aria-label="Contents"><div><ul>${sections.map((s) => markup`<li><a href="#${s.id}">${s.short}</a></li>`)}</ul></div></nav>
<main id="main">
${sections.map(renderSection)}
</main>
<footer>pingpool ${report.toolVersion}. <code>--json FILE</code> writes the numbers of this page, and all call paths.</footer>`,
  );
}

const fileName = (path: string): string => path.split(/[/\\]/).at(-1)!;

function renderTop({ program, core, chip, ending, ...report }: SimulationReport, name: string): Markup {
  const clock = chip.clockHz === undefined ? nothing : markup`, ${formatClock(chip.clockHz)}`;
  return markup`<header class="top"><div><p class="eyebrow">pingpool simulation</p>
<h1>${name}</h1>
<p class="lead">${core.name} on ${chip.name}: ${endingWords(ending)}.</p>
<dl class="facts"><dt>Made by</dt><dd><pre><code>${report.command}</code></pre></dd>
<dt>Program</dt><dd><code>${program.path}</code>, ${groupDigits(program.bytes)} B, SHA-256 <code>${program.sha256}</code></dd>
<dt>Core</dt><dd>${core.name} (<code>${core.id}</code>)</dd>
<dt>Chip</dt><dd>${chip.name} (<code>${chip.id}</code>)${clock}; not modelled: ${chip.missing}</dd>
<dt>Environment</dt><dd>pingpool ${report.toolVersion}; ${report.environment}</dd></dl></div></header>`;
}

function measurementsOf(report: SimulationReport, source: string): Measurement[] {
  const { cycles, instructions, core, chip } = report;
  const about = { variant: fileName(report.program.path), core: core.id, how: "emulated", source } as const;
  const perCycle = chip.clockHz === undefined ? [] : [1e9 / chip.clockHz];
  return [
    { ...about, metric: "cycles", value: cycles },
    { ...about, metric: "instructions", value: instructions },
    ...perCycle.map((ns): Measurement => ({
      ...about,
      metric: "latencyNs",
      value: cycles * ns,
      source: `${source}; its cycles at ${formatClock(chip.clockHz!)}`,
    })),
  ];
}

function renderSummary(report: SimulationReport, numbers: readonly Measurement[], how: Markup): Markup {
  const { cycles, instructions, analysis } = report;
  const [cycleCount, instructionCount, time] = numbers.map(renderNumber);
  const known = accuracySentences(report.core.id);
  const rows = reasons
    .filter((reason) => analysis.cycles[reason] !== 0)
    .map((reason) => ({
      name: reasonWords[reason],
      cells: [groupDigits(analysis.cycles[reason]), percentOf(analysis.cycles[reason], cycles)],
    }));
  return markup`<dl class="terms"><div><dt>Cycles</dt><dd>${cycleCount!}</dd></div>
<div><dt>Instructions</dt><dd>${instructionCount!}</dd></div>
<div><dt>Cycles an instruction</dt><dd><span class="number">${instructions === 0 ? "–" : (cycles / instructions).toFixed(3)}</span></dd></div>
${time === undefined ? nothing : markup`<div><dt>Time</dt><dd>${time}</dd></div>`}
<div><dt>How right this core is</dt><dd>${known.length === 0 ? "never compared" : markup`<ul class="sources">${known.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`}</dd></div></dl>
<figure class="figure">${simpleTable({ id: "reasons", caption: "Where cycles went, by what an instruction did or waited for", how, heads: ["Reason", "Cycles", "of all"], rows })}</figure>`;
}

function renderPicture({ analysis }: SimulationReport, how: Markup): Markup {
  const { calls, functions } = analysis;
  const { picture, table } = renderFlame(calls, ownersOf(functions), how);
  const folded = foldedCalls(calls);
  const layers = hasLayer(calls)
    ? markup` Outlined boxes are layers, as the program's own marks delimit them.`
    : nothing;
  const note = markup`<ul class="notes"><li>${groupDigits(folded)} calls were too deep, or led to too many functions, to be kept apart: their cycles are their callers' own.</li></ul>`;
  return markup`<p>Every box is a function below the one that called it, as wide as its cycles with all it calls; where nothing is below it, they are its own.
A function that is jumped to stands where the one that jumped stood.${layers} “Other” is what is too narrow by itself. A call's own cycles count for the callee, a return's for the caller.</p>
${folded > 0 ? note : nothing}
<figure class="figure"><figcaption><p>Cycles by call path ${how}</p></figcaption>
${picture}
${table}</figure>`;
}

const hasLayer = ({ region, callees }: CallPath): boolean => region !== undefined || callees.some(hasLayer);
