import { renderAblation } from "./ablation.ts";
import { renderAccuracy } from "./accuracy.ts";
import { pageScript } from "./client/script.ts";
import { renderChosen } from "./chosen.ts";
import { renderCores } from "./cores.ts";
import { namedCore } from "./choice.ts";
import type { ModelReport } from "./data.ts";
import { renderDevices } from "./devices.ts";
import { groupDigits } from "./format.ts";
import { renderLayers } from "./layers.ts";
import { embedJson, embedScript, type Markup, markup, nothing, raw } from "./markup.ts";
import { renderMemoryMaps } from "./memory-map.ts";
import { renderProvenance } from "./provenance.ts";
import { renderRam } from "./ram-chart.ts";
import type { Section } from "./section.ts";
import { style } from "./style.ts";
import { renderSummary } from "./summary.ts";
import { renderTradeOff } from "./trade-off.ts";
import { renderVariants } from "./variants.ts";

/**
 * The page of one model: a single file that works from `file://` and asks the network for nothing; its content policy forbids it.
 *
 * `assets.chartJs` is the text of chart.js' UMD build. Same report, same bytes.
 */
export function renderModelReport(report: ModelReport, assets: { readonly chartJs: string }): string {
  const sections = [
    renderSummary(report),
    renderRam(report),
    renderMemoryMaps(report),
    renderLayers(report),
    ...(report.devices ? [renderDevices(report.devices, namedCore(report)?.id)] : []),
    renderChosen(report.chosen, report.cores),
    renderTradeOff(
      report.tradeOff,
      report.cores.find(({ id }) => id === report.tradeOff?.core)?.name ?? "a core",
    ),
    renderAblation(report),
    renderAccuracy(report),
    renderVariants(report),
    renderCores(report),
    renderProvenance(report),
  ];
  return renderDocument(
    `${report.name} – pingpool report`,
    markup`${renderTop(report)}
<nav aria-label="Contents"><div><ul>${sections.map((s) => markup`<li><a href="#${s.id}">${s.short}</a></li>`)}</ul></div></nav>
<main id="main">
${sections.map(renderSection)}
</main>
<footer>pingpool ${report.toolVersion}. The data behind this page stands in it, as JSON in the element <code>report-data</code>. Charts by Chart.js (MIT licence).</footer>
<script type="application/json" id="report-data">${embedJson(report)}</script>
<script>${embedScript(assets.chartJs)}</script>
<script>${embedScript(pageScript())}</script>`,
  );
}

export function renderSection(section: Section): Markup {
  return markup`<section id="${section.id}" aria-labelledby="${section.id}-title"><h2 id="${section.id}-title">${section.title}</h2>
${section.body}
</section>
`;
}

function renderTop(report: ModelReport): Markup {
  const file = report.file;
  const notes =
    report.notes.length === 0
      ? nothing
      : markup`<ul class="notes" aria-label="Notes">${report.notes.map((note) => markup`<li>${note}</li>`)}</ul>`;
  return markup`<header class="top"><div><p class="eyebrow">pingpool report</p>
<h1>${report.name}</h1>
<p class="lead">${report.description}</p>
<dl class="facts"><dt>Made by</dt><dd><pre><code>${report.command}</code></pre></dd>
<dt>Model</dt><dd><code>${file.path}</code>, ${groupDigits(file.bytes)} B, SHA-256 <code>${file.sha256}</code></dd>
<dt>Input</dt><dd><code>${report.input}</code></dd>
<dt>Environment</dt><dd>pingpool ${report.toolVersion}; ${report.environment}</dd></dl>
${notes}</div></header>`;
}

/** Everything around the body. `default-src 'none'` makes the browser itself refuse any request. */
export function renderDocument(title: string, body: Markup): string {
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<style>${raw(style())}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
${body}
</body>
</html>
`.html;
}
