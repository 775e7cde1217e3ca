/** The validation page: every core's cycles and instructions beside the truth, set by set, with the errors of each. */
import { accuracyOf, errorOf, type Comparison, type Comparisons } from "../truth/comparison.ts";
import { scatterScript } from "./client/script.ts";
import { groupDigits } from "./format.ts";
import { ownerClass } from "./map-drawing.ts";
import { embedScript, type Markup, markup, nothing } from "./markup.ts";
import { scrollBox } from "./measurement-table.ts";
import { badge } from "./number.ts";
import { renderDocument } from "./page.ts";

/** Same sets, same bytes. `assets.chartJs` is the text of chart.js' UMD build. */
export function renderValidation(
  sets: readonly Comparisons[],
  toolVersion: string,
  assets: { readonly chartJs: string },
): string {
  return renderDocument(
    "pingpool validation",
    markup`<header class="top"><div><p class="eyebrow">pingpool reports</p>
<h1>How wrong the estimates are</h1>
<p class="lead">Cycles and instructions that pingpool finds, beside what is true of the same programs. Every error bar of the other pages is computed from these rows.</p></div></header>
<nav aria-label="Contents"><div><ul><li><a href="index.html">All reports</a></li>${sets.map((set) => markup`<li><a href="#${set.id}">${set.title}</a></li>`)}</ul></div></nav>
<main id="main">
${sets.map(renderSet)}</main>
<footer>pingpool ${toolVersion}. Charts by Chart.js (MIT licence).</footer>
<script>${embedScript(assets.chartJs)}</script>
<script>${embedScript(scatterScript())}</script>`,
  );
}

function renderSet(set: Comparisons): Markup {
  const cores = [...new Set(set.rows.map(({ core }) => core))];
  const { truth, found } = set;
  return markup`<section id="${set.id}" aria-labelledby="${set.id}-title"><h2 id="${set.id}-title">${set.title}</h2>
<dl class="terms"><div><dt>Truth ${badge(truth.how, truth.source)}</dt><dd>${truth.source}</dd></div>
<div><dt>Found ${badge(found.how, found.source)}</dt><dd>${found.source}</dd></div>
<div><dt>Written by</dt><dd><code>${set.writtenBy}</code></dd></div></dl>
${set.notes.length > 0 ? markup`<ul class="notes">${set.notes.map((note) => markup`<li>${note}</li>`)}</ul>` : nothing}
<figure class="figure">
<div class="chart" style="height:320px"><canvas id="${set.id}-chart" role="img" aria-label="Scatter plot: each program's error in percent over its true ${set.metric}, a colour a core; the same numbers are in the tables below" data-scatter="${set.id}-rows" data-metric="${set.metric}"></canvas></div>
${renderCores(set, cores)}
${renderRows(set, cores)}</figure>
</section>
`;
}

function renderCores(set: Comparisons, cores: readonly string[]): Markup {
  const caption = `Error in ${set.metric} by core: mean and worst, in percent of the truth`;
  const rows = cores.map((core, i) => {
    const { runs, exact, mapePercent, worstPercent, worst } = accuracyOf(set, core)!;
    return markup`<tr><th scope="row"><i class="swatch ${ownerClass(i)}"></i> <code>${core}</code></th><td class="num">${runs}</td><td class="num">${exact}</td><td class="num">${mapePercent.toFixed(2)} %</td><td class="num">${worstPercent.toFixed(2)} %</td><td>${worstPercent === 0 ? "–" : worst}</td></tr>
`;
  });
  return scrollBox(
    caption,
    markup`<table id="${set.id}-cores"><caption>${caption}</caption>
<thead><tr><th scope="col">Core</th><th scope="col" class="num">Programs</th><th scope="col" class="num">Exact</th><th scope="col" class="num">Mean error (MAPE)</th><th scope="col" class="num">Worst</th><th scope="col">of</th></tr></thead>
<tbody>${rows}</tbody></table>`,
  );
}

function renderRows(set: Comparisons, cores: readonly string[]): Markup {
  const caption = `Every program: ${set.metric}, true and found`;
  const table = markup`<table id="${set.id}-rows"><caption>${caption}</caption>
<thead><tr><th scope="col">Core</th><th scope="col">Program</th><th scope="col" class="num">True</th><th scope="col" class="num">Found</th><th scope="col" class="num">Error</th></tr></thead>
<tbody>${set.rows.map((row) => renderRow(row, cores.indexOf(row.core)))}</tbody></table>`;
  return markup`<details><summary>All ${set.rows.length} programs</summary>${scrollBox(caption, table)}</details>`;
}

function renderRow(row: Comparison, owner: number): Markup {
  const { core, program, truth, found } = row;
  const percent = 100 * errorOf(row);
  return markup`<tr data-core="${core}" data-program="${program}" data-truth="${truth}" data-error="${percent}"><td><i class="swatch ${ownerClass(owner)}"></i> <code>${core}</code></td><th scope="row">${program}</th><td class="num">${groupDigits(truth)}</td><td class="num">${groupDigits(found)}</td><td class="num">${signed(percent)}</td></tr>
`;
}

/** `+1.24 %`; nothing wrong is `0 %`. */
function signed(percent: number): string {
  if (percent === 0) return "0 %";
  return `${percent > 0 ? "+" : "−"}${Math.abs(percent).toFixed(2)} %`;
}
