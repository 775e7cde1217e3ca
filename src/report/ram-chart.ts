import type { Metric } from "../measurement.ts";
import { isCited, isCmsis } from "./choice.ts";
import type { ModelReport, VariantReport } from "./data.ts";
import { formatValue } from "./format.ts";
import { type Markup, markup } from "./markup.ts";
import { columnsOf, renderCanvas, renderTable, type TableRow } from "./measurement-table.ts";
import { badge, weaker } from "./number.ts";
import type { Section } from "./section.ts";

/** RAM by variant: one chart and one table a number type, floors and gaps beside the arenas. */

/** The metrics of this figure; `variants.ts` shows all others. */
export const ramMetrics: readonly Metric[] = ["arenaBytes", "floorBytes", "scratchBytes", "frameBytes"];

const frameText = { resident: "resident", pushed: "pushed", "-": "–" } as const;

export function renderRam(report: ModelReport): Section {
  const types = (["int8", "f32"] as const).filter((dtype) => report.variants.some((v) => v.dtype === dtype));
  return {
    id: "ram",
    title: "RAM by variant",
    short: "RAM",
    body: markup`<p>The arena is all the working memory an inference needs; the smaller the better. <dfn>Resident</dfn>: the whole input frame lies in the arena.
<dfn>Pushed</dfn>: rows are handed over as they come; what the caller keeps is in its own column. The <dfn>floor</dfn> is the most bytes alive at any one
moment of the order that the variant runs in: no placement of that order can need less. The gap is what the placement adds to it.</p>
${types.map((dtype) => renderType(report, dtype))}`,
  };
}

function renderType(report: ModelReport, dtype: VariantReport["dtype"]): Markup {
  const name = dtype === "int8" ? "int8" : "float";
  const variants = report.variants.filter((v) => v.dtype === dtype);
  const rows = variants.map((v): TableRow => ({
    label: v.title,
    cells: [markup`${frameText[v.frame]}`],
    data: { frame: v.frame, ...(isCmsis(v) || isCited(v) ? { foreign: "yes" } : {}) },
    measurements: v.measurements.filter((m) => ramMetrics.includes(m.metric)),
  }));
  const table = `ram-${dtype}`;
  return markup`<figure class="figure"><figcaption><h3>${name}</h3><ul class="owners"><li><i class="swatch strong"></i>resident</li><li><i class="swatch soft"></i>pushed</li><li><i class="swatch outlined"></i>another engine, cited or modelled</li><li><i class="floor-tick"></i>floor</li></ul></figcaption>
${renderCanvas({ id: `${table}-chart`, kind: "ram", table, column: "arenaBytes", metricLabel: `Bar chart: RAM of each variant, ${name}`, bars: variants.length })}
${renderTable({
  id: table,
  caption: `RAM of each variant, ${name}`,
  heads: ["Variant", "Frame"],
  rows,
  columns: columnsOf(rows, report.cores),
  last: { title: "Gap to the floor", cell: renderGap },
})}</figure>`;
}

function renderGap(row: TableRow): Markup {
  const arena = row.measurements.find((m) => m.metric === "arenaBytes");
  const floor = row.measurements.find((m) => m.metric === "floorBytes");
  if (!arena || !floor) return markup`–`;
  const bytes = arena.value - floor.value;
  const share = floor.value > 0 ? ` (${((bytes / floor.value) * 100).toFixed(1)} %)` : "";
  return markup`<span class="number" title="${bytes} bytes">${formatValue("arenaBytes", bytes)}${share}</span> ${badge(weaker(arena.how, floor.how), "arena less floor")}`;
}
