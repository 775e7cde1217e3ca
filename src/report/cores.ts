import type { CoreReport, ModelReport } from "./data.ts";
import { type Markup, markup, slug } from "./markup.ts";
import { scrollBox } from "./measurement-table.ts";
import { badge } from "./number.ts";
import type { Section } from "./section.ts";

/** Every core with all its prices, folded away. */
export function renderCores(report: ModelReport): Section {
  return {
    id: "cores",
    title: "Cores and their prices",
    short: "Cores",
    body: markup`<p>What the chooser ranks by, and what fitted coefficients are drawn to where kernels tell too little. Estimated cycles
are counted operations times coefficients of each kind of kernel.</p>
${report.cores.map(renderCore)}`,
  };
}

function renderCore(core: CoreReport): Markup {
  const caption = `Prices of ${core.name}: cycles of one operation`;
  const table = markup`<table><caption>${caption}</caption><thead><tr><th scope="col">Operation</th><th scope="col" class="num">Cycles</th><th scope="col">Source</th></tr></thead><tbody>
${core.prices.map((p) => markup`<tr><th scope="row"><code>${p.operation}</code></th><td class="num">${p.cycles} ${badge("cited", p.source)}</td><td class="source">${p.source}</td></tr>\n`)}</tbody></table>`;
  return markup`<details class="core" id="core-${slug(core.id)}"><summary><strong>${core.name}</strong> <span class="note">${core.part}; ${core.prices.length} prices</span></summary>
${scrollBox(caption, table)}</details>`;
}
