import type { ModelReport, VariantReport } from "./data.ts";
import { type Markup, markup, nothing } from "./markup.ts";
import { columnsOf, renderTable, type TableRow } from "./measurement-table.ts";
import { ramMetrics } from "./ram-chart.ts";
import type { Section } from "./section.ts";

/** What each variant is, and everything measured of it that is not RAM: flash, cycles, host time. */
export function renderVariants(report: ModelReport): Section {
  return {
    id: "variants",
    title: "Variants in full",
    short: "Variants",
    body: markup`<p>Cycles of a core are this project's model of it; times without a core are of the host that made this page and say little about a microcontroller.</p>
${renderNumbers(report)}
<h3>What each variant is</h3>
<dl class="terms">${[...explanations(report.variants)].map(([title, what]) => markup`<div><dt>${title}</dt><dd>${what}</dd></div>`)}</dl>`,
  };
}

function renderNumbers(report: ModelReport): Markup {
  const rows = report.variants
    .map((v): TableRow => ({
      label: v.title,
      cells: [markup`${v.dtype === "int8" ? "int8" : "float"}`, markup`${v.frame === "-" ? "–" : v.frame}`],
      measurements: v.measurements.filter((m) => !ramMetrics.includes(m.metric)),
    }))
    .filter((row) => row.measurements.length > 0);
  if (rows.length === 0) return nothing;
  return markup`<div class="figure">${renderTable({
    id: "variants-table",
    caption: "Everything measured of each variant besides RAM",
    heads: ["Variant", "Type", "Frame"],
    rows,
    columns: columnsOf(rows, report.cores),
  })}</div>`;
}

/** Titles and sentences, each pair once. */
function explanations(variants: readonly VariantReport[]): Set<readonly [string, string]> {
  const seen = new Map<string, readonly [string, string]>();
  for (const v of variants) seen.set(`${v.title}\n${v.what}`, [v.title, v.what]);
  return new Set(seen.values());
}
