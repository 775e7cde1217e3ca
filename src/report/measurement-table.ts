import type { Measurement, Metric } from "../measurement.ts";
import type { CoreReport } from "./data.ts";
import { metricTitle } from "./format.ts";
import { type Markup, markup, nothing } from "./markup.ts";
import { renderNumber } from "./number.ts";

/**
 * Rows of measurements as a table: a column for every metric (and core) that occurs, a dash where a row has none.
 *
 * The charts of the page are drawn from the `data-` attributes of these cells, so that a chart cannot say anything that its table
 * does not.
 */
export interface TableRow {
  /** The row's name, in the first cell and on the chart's axis. */
  readonly label: string;
  /** Small print under the name. */
  readonly note?: string;
  /** The cells between the name and the numbers, as many as `heads`. */
  readonly cells?: readonly Markup[];
  /** What the chart must know of the row, as `data-` attributes. */
  readonly data?: Readonly<Record<string, string>>;
  readonly measurements: readonly Measurement[];
}

export interface Column {
  /** `arenaBytes`, or `cycles@cortex-m4`. */
  readonly key: string;
  readonly metric: Metric;
  readonly title: string;
}

export interface Table {
  readonly id: string;
  readonly caption: string;
  /** Heads of the row's name and of its `cells`. */
  readonly heads: readonly string[];
  readonly rows: readonly TableRow[];
  readonly columns: readonly Column[];
  /** One more column, worked out from each row. */
  readonly last?: { readonly title: string; readonly cell: (row: TableRow) => Markup };
}

const order = Object.keys(metricTitle);

function keyOf(m: Measurement): string {
  return m.core === undefined ? m.metric : `${m.metric}@${m.core}`;
}

/** The columns the rows need: metrics in the order of `metricTitle`, cores in the report's. */
export function columnsOf(
  rows: readonly TableRow[],
  cores: readonly Pick<CoreReport, "id" | "name">[],
): Column[] {
  const columns = new Map<string, Column>();
  const rank = new Map<string, number>();
  for (const m of rows.flatMap((row) => row.measurements)) {
    const core = cores.findIndex((c) => c.id === m.core);
    const name = cores[core]?.name ?? m.core;
    const title = name === undefined ? metricTitle[m.metric] : `${metricTitle[m.metric]}, ${name}`;
    columns.set(keyOf(m), { key: keyOf(m), metric: m.metric, title });
    rank.set(keyOf(m), order.indexOf(m.metric) * 1000 + (m.core === undefined ? 0 : core + 2));
  }
  return [...columns.values()].sort((a, b) => rank.get(a.key)! - rank.get(b.key)!);
}

export function renderTable(table: Table): Markup {
  const heads = [
    ...table.heads,
    ...table.columns.map((c) => c.title),
    ...(table.last ? [table.last.title] : []),
  ];
  return scrollBox(
    table.caption,
    markup`<table id="${table.id}"${table.columns.length > 6 ? markup` class="wide"` : nothing}>
<caption>${table.caption}</caption>
<thead><tr>${heads.map((head, i) => markup`<th scope="col"${i < table.heads.length ? nothing : markup` class="num"`}>${head}</th>`)}</tr></thead>
<tbody>
${table.rows.map((row) => renderRow(table, row))}</tbody>
</table>`,
  );
}

/** A box that scrolls sideways by itself, with the keyboard too, so that the page never does. */
export function scrollBox(name: string, content: Markup): Markup {
  return markup`<div class="scroll" role="region" aria-label="${name}" tabindex="0">${content}</div>`;
}

function renderRow(table: Table, row: TableRow): Markup {
  const data = Object.entries(row.data ?? {}).map(([name, value]) => markup` data-${name}="${value}"`);
  const note = row.note ? markup`<span class="note">${row.note}</span>` : nothing;
  return markup`<tr data-label="${row.label}"${data}><th scope="row">${row.label}${note}</th>${(row.cells ?? []).map((cell) => markup`<td>${cell}</td>`)}${table.columns.map((column) => renderCell(column, row))}${table.last ? markup`<td class="num">${table.last.cell(row)}</td>` : nothing}</tr>
`;
}

function renderCell(column: Column, row: TableRow): Markup {
  const found = row.measurements.filter((m) => keyOf(m) === column.key);
  const first = found[0];
  if (!first) return markup`<td class="num none">–</td>`;
  const interval = first.interval
    ? markup` data-low="${first.interval.low}" data-high="${first.interval.high}"`
    : nothing;
  const numbers = found.map(
    (m) =>
      markup`<div>${renderNumber(m)}${found.length > 1 ? markup` <span class="note">${m.variant}</span>` : nothing}</div>`,
  );
  return markup`<td class="num" data-column="${column.key}" data-number="${first.value}" data-how="${first.how}"${interval}>${numbers}</td>`;
}

/** The chart's choice of column, when there is more than one. `charts` are the ids of the canvases it redraws. */
export function renderColumnChoice(
  label: string,
  charts: readonly string[],
  columns: readonly Column[],
  chosen: string,
): Markup {
  return markup`<p class="control"><label>${label} <select data-charts="${charts.join(" ")}">${columns.map(
    (c) =>
      markup`<option value="${c.key}"${c.key === chosen ? markup` selected` : nothing}>${c.title}</option>`,
  )}</select></label></p>`;
}

/** A canvas that client/charts.ts draws from the table `table`. `bars` is how many there will be, for the height. */
export function renderCanvas(chart: {
  readonly id: string;
  readonly kind: "ram" | "layers" | "steps" | "losses";
  readonly table: string;
  readonly column: string;
  readonly metricLabel: string;
  readonly bars: number;
}): Markup {
  return markup`<div class="chart" style="height:${chart.bars * 30 + 64}px"><canvas id="${chart.id}" role="img" aria-label="${chart.metricLabel}; the same numbers are in the table below" data-chart="${chart.kind}" data-table="${chart.table}" data-column="${chart.column}"></canvas></div>`;
}
