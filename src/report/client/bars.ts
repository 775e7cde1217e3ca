import type { Metric } from "../../measurement.ts";
import { formatValue } from "../format.ts";
import type { Theme } from "./theme.ts";

/**
 * From the rows of a table to the bars of its chart. Runs in the page (see script.ts); knows tables and numbers, not chart.js.
 */

/** A row of a table with its cell of one column. */
export interface ChartRow {
  readonly label: string;
  readonly frame: string;
  /** Of an engine that is not ours. */
  readonly foreign: boolean;
  /** The row of the full set of optimisations. */
  readonly full: boolean;
  readonly cell?: ChartCell;
  /** The row's floor, where the table has one. */
  readonly floor?: number;
}

export interface ChartCell {
  readonly value: number;
  readonly how: string;
  readonly low?: number;
  readonly high?: number;
}

/** One bar from a value to another, with what is written at its end. */
export interface Bar {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly how: string;
  readonly colour: string;
  readonly outlined: boolean;
  readonly mark?: number;
  readonly whiskers?: readonly [number, number];
}

export function readRows(table: string, column: string): ChartRow[] {
  const rows = document.querySelectorAll<HTMLTableRowElement>(`#${table} tbody tr`);
  return Array.from(rows, (row) => {
    const cells = Array.from(row.cells);
    const find = (key: string): HTMLElement | undefined => cells.find((c) => c.dataset["column"] === key);
    const cell = readCell(find(column));
    const floor = readCell(find("floorBytes"));
    return {
      label: row.dataset["label"] ?? "",
      frame: row.dataset["frame"] ?? "",
      foreign: row.dataset["foreign"] !== undefined,
      full: row.dataset["full"] !== undefined,
      ...(cell ? { cell } : {}),
      ...(floor ? { floor: floor.value } : {}),
    };
  });
}

export function readCell(cell: HTMLElement | undefined): ChartCell | undefined {
  if (!cell) return undefined;
  const { number, how, low, high } = cell.dataset;
  const interval = low !== undefined && high !== undefined ? { low: Number(low), high: Number(high) } : {};
  return { value: Number(number), how: how ?? "", ...interval };
}

/** Plain lengths: RAM of variants, a figure of layers. */
export function lengthBars(rows: readonly ChartRow[], metric: Metric, theme: Theme): Bar[] {
  return rows.map((row) => ({
    label: row.frame === "pushed" ? `${row.label}, pushed` : row.label,
    from: 0,
    to: row.cell?.value ?? 0,
    text: row.cell ? formatValue(metric, row.cell.value) : "–",
    how: row.cell?.how ?? "",
    colour: row.frame === "pushed" ? theme.soft : theme.strong,
    outlined: row.foreign,
    ...(row.floor === undefined ? {} : { mark: row.floor }),
  }));
}

/** Optimisations switched on in turn: a total, the change each makes, the total at the end. A ratio starts at 1. */
export function stepBars(rows: readonly ChartRow[], metric: Metric, theme: Theme): Bar[] {
  if (metric === "ratio") return rows.map((row) => ratioBar(row, theme));
  const bars: Bar[] = [];
  let before: number | undefined;
  for (const row of rows) {
    const value = row.cell?.value;
    if (before === undefined || value === undefined) bars.push(totalBar(row.label, row.cell, metric, theme));
    else bars.push(changeBar(row, before, value, metric, theme));
    before = value ?? before;
  }
  const end = rows.findLast((row) => row.cell)?.cell;
  return [...bars, totalBar("All together", end, metric, theme)];
}

/** Each optimisation removed alone: the difference from the full set, whose row is marked. */
export function lossBars(
  rows: readonly ChartRow[],
  full: ChartRow | undefined,
  metric: Metric,
  theme: Theme,
): Bar[] {
  if (metric === "ratio") return rows.map((row) => ratioBar(row, theme));
  const before = full?.cell?.value;
  return rows.map((row) => {
    const value = row.cell?.value;
    if (before === undefined || value === undefined) return totalBar(row.label, undefined, metric, theme);
    return { ...changeBar(row, before, value, metric, theme), from: 0, to: value - before };
  });
}

export function totalBar(label: string, cell: ChartCell | undefined, metric: Metric, theme: Theme): Bar {
  const text = cell ? formatValue(metric, cell.value) : "–";
  return {
    label,
    from: 0,
    to: cell?.value ?? 0,
    text,
    how: cell?.how ?? "",
    colour: theme.total,
    outlined: false,
  };
}

export function changeBar(row: ChartRow, before: number, value: number, metric: Metric, theme: Theme): Bar {
  const change = value - before;
  const sign = change === 0 ? "±" : change > 0 ? "+" : "−";
  const grows = metric === "accuracy" ? change < 0 : change > 0;
  return {
    label: row.label,
    from: before,
    to: value,
    text: sign + formatValue(metric, Math.abs(change)),
    how: row.cell?.how ?? "",
    colour: grows ? theme.worse : theme.better,
    outlined: false,
  };
}

export function ratioBar(row: ChartRow, theme: Theme): Bar {
  const cell = row.cell;
  return {
    label: row.label,
    from: 1,
    to: cell?.value ?? 1,
    text: cell ? formatValue("ratio", cell.value) : "–",
    how: cell?.how ?? "",
    colour: (cell?.value ?? 1) < 1 ? theme.worse : theme.better,
    outlined: false,
    ...(cell?.low !== undefined && cell.high !== undefined
      ? { whiskers: [cell.low, cell.high] as const }
      : {}),
  };
}
