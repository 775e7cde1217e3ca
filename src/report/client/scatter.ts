import type { Chart as ChartClass, ChartConfiguration } from "chart.js";
import { shorten } from "../format.ts";
import { readTheme, type Theme } from "./theme.ts";

/** Draws the scatter plots of the validation page from its tables. Runs in the page, where chart.js is a global. */
declare const Chart: typeof ChartClass;

/** One program: where its true figure and its error put it. */
export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  readonly program: string;
}

/** The points of one core, in its swatch's colour. */
export interface ScatterGroup {
  readonly core: string;
  readonly colour: string;
  readonly points: ScatterPoint[];
}

export function drawScatters(): void {
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>("canvas[data-scatter]")) {
    Chart.getChart(canvas)?.destroy();
    const { scatter, metric } = canvas.dataset;
    new Chart(canvas, scatterChart(readPoints(scatter!), metric!, readTheme()));
  }
}

export function readPoints(table: string): ScatterGroup[] {
  const groups = new Map<string, ScatterGroup>();
  for (const row of document.querySelectorAll<HTMLTableRowElement>(`#${table} tbody tr`)) {
    const { core, program, truth, error } = row.dataset;
    const colour = getComputedStyle(row.querySelector(".swatch")!).color;
    const group = groups.get(core!) ?? { core: core!, colour, points: [] };
    groups.set(core!, group);
    group.points.push({ x: Number(truth), y: Number(error), program: program! });
  }
  return [...groups.values()];
}

export function scatterChart(
  groups: readonly ScatterGroup[],
  metric: string,
  theme: Theme,
): ChartConfiguration<"scatter", ScatterPoint[]> {
  const font = { family: theme.font, size: 12 };
  const ticks = { color: theme.muted, font };
  return {
    type: "scatter",
    data: {
      datasets: groups.map(({ core, colour, points }) => ({
        label: core,
        data: points,
        backgroundColor: colour,
        borderColor: theme.surface,
        pointRadius: 4,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      scales: {
        x: {
          type: "logarithmic",
          title: { display: true, text: `true ${metric}`, color: theme.muted, font },
          grid: { color: theme.line },
          ticks: { ...ticks, maxTicksLimit: 8, maxRotation: 0, callback: (value) => shorten(Number(value)) },
        },
        y: {
          suggestedMin: -1,
          suggestedMax: 1,
          title: { display: true, text: "error, %", color: theme.muted, font },
          grid: { color: theme.line },
          ticks,
        },
      },
      plugins: {
        legend: { labels: { color: theme.text, font, boxWidth: 12 } },
        tooltip: {
          callbacks: {
            label: ({ dataset, raw }) => {
              const { program, y } = raw as ScatterPoint;
              return `${dataset.label ?? ""}: ${program}, ${y.toFixed(2)} %`;
            },
          },
        },
      },
    },
  };
}

/** Draws again when the theme changes, and in the light colours for paper. */
export function wireScatters(): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawScatters);
  for (const [event, isPaper] of [
    ["beforeprint", true],
    ["afterprint", false],
  ] as const)
    addEventListener(event, () => {
      document.documentElement.classList.toggle("paper", isPaper);
      drawScatters();
    });
  drawScatters();
}
