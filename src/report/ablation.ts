import type { AblationReport, ModelReport } from "./data.ts";
import { type Markup, markup, nothing } from "./markup.ts";
import {
  type Column,
  columnsOf,
  renderCanvas,
  renderColumnChoice,
  renderTable,
  type TableRow,
} from "./measurement-table.ts";
import type { Section } from "./section.ts";

/** What each optimisation buys: switched on in turn, and removed alone from the full set. */
export function renderAblation(report: ModelReport): Section {
  const on = rowsOf(report.ablation, (a) => a.switchedOn);
  const off = rowsOf(report.ablation, (a) => a.removed).filter((row) => row.measurements.length > 0);
  const columns = columnsOf([...on, ...off], report.cores);
  const chosen = columns[0]?.key ?? "arenaBytes";
  return {
    id: "ablation",
    title: "What each optimisation buys",
    short: "Ablation",
    body: markup`<p>The same kernels throughout: each step changes one thing and nothing else. Losses are shown like gains.</p>
${columns.length > 1 ? renderColumnChoice("Show", ["steps-chart", "losses-chart"], columns, chosen) : nothing}
${renderHalf("steps", on, columns, chosen)}
${renderHalf("losses", off, columns, chosen)}`,
  };
}

const half = {
  steps: {
    title: "Switched on in turn",
    note: "Each bar is the change that one more optimisation makes to all before it; the first and the last bar are totals. A ratio is to the step before; above 1 is faster.",
    label: "Waterfall chart: the chosen figure as optimisations are switched on in turn",
  },
  losses: {
    title: "Each removed alone",
    note: "How the full set changes without this one optimisation: to the right, it costs that much to do without; to the left, it would be better without it. A ratio is to the full set; below 1 is slower without it.",
    label: "Bar chart: change of the chosen figure when one optimisation is removed from the full set",
  },
} as const;

function renderHalf(
  kind: "steps" | "losses",
  rows: readonly TableRow[],
  columns: readonly Column[],
  chosen: string,
): Markup {
  const text = half[kind];
  const table = `${kind}-table`;
  return markup`<figure class="figure"><figcaption><h3>${text.title}</h3><p class="note">${text.note}</p></figcaption>
${renderCanvas({ id: `${kind}-chart`, kind, table, column: chosen, metricLabel: text.label, bars: kind === "steps" ? rows.length + 1 : rows.length })}
${renderTable({ id: table, caption: `Optimisations: ${text.title.toLowerCase()}`, heads: ["Optimisation"], rows, columns })}</figure>`;
}

/** The full set is the last optimisation that can be removed from it; what comes after is an extra. */
function rowsOf(
  ablation: readonly AblationReport[],
  measurements: (a: AblationReport) => AblationReport["removed"],
): TableRow[] {
  const full = ablation.findLast((a) => a.removed.length > 0);
  return ablation.map((a) => ({
    label: a.title,
    note: a.what,
    data: a === full ? { full: "yes" } : {},
    measurements: measurements(a),
  }));
}
