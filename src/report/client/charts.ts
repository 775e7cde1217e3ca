import type { Chart as ChartClass, ChartConfiguration } from "chart.js";
import type { Metric } from "../../measurement.ts";
import { formatValue } from "../format.ts";
import { type Bar, lengthBars, lossBars, readRows, stepBars } from "./bars.ts";
import { readTheme, type Theme } from "./theme.ts";

/** Draws every canvas of the page with chart.js. Runs in the page (see script.ts), where chart.js is a global. */
declare const Chart: typeof ChartClass;

export function drawCharts(): void {
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>("canvas[data-chart]")) drawChart(canvas);
}

export function drawChart(canvas: HTMLCanvasElement): void {
  const theme = readTheme();
  const { chart, table, column } = canvas.dataset;
  const metric = column!.split("@")[0] as Metric;
  const rows = readRows(table!, column!);
  const bars =
    chart === "steps"
      ? stepBars(rows, metric, theme)
      : chart === "losses"
        ? lossBars(
            rows,
            readRows("steps-table", column!).find((row) => row.full),
            metric,
            theme,
          )
        : lengthBars(rows, metric, theme);
  Chart.getChart(canvas)?.destroy();
  new Chart(canvas, barChart(bars, metric, theme, canvas.parentElement!.clientWidth < 520));
}

export function barChart(
  bars: readonly Bar[],
  metric: Metric,
  theme: Theme,
  narrow: boolean,
): ChartConfiguration<"bar", [number, number][], string | string[]> {
  const font = { family: theme.font, size: narrow ? 11 : 12 };
  return {
    type: "bar",
    data: {
      labels: bars.map((bar) => wrapLabel(bar.label, narrow ? 15 : 30)),
      datasets: [
        {
          data: bars.map((bar) => [bar.from, bar.to]),
          backgroundColor: bars.map((bar) => (bar.outlined ? "transparent" : bar.colour)),
          borderColor: bars.map((bar) => bar.colour),
          borderWidth: bars.map((bar) => (bar.outlined ? 2 : 0)),
          borderSkipped: false,
          borderRadius: 3,
          maxBarThickness: 20,
          categoryPercentage: 0.9,
        },
      ],
    },
    options: {
      indexAxis: "y",
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { right: narrow ? 64 : 84 } },
      scales: {
        x: {
          grid: { color: theme.line },
          border: { display: false },
          ticks: {
            color: theme.muted,
            font,
            maxTicksLimit: narrow ? 4 : 8,
            maxRotation: 0,
            callback: (value) => formatValue(metric, Number(value)),
          },
        },
        y: {
          grid: { display: false },
          border: { color: theme.line },
          ticks: { color: theme.text, font, autoSkip: false },
        },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          displayColors: false,
          callbacks: {
            title: (items) => bars[items[0]!.dataIndex]!.label,
            label: (item) => `${bars[item.dataIndex]!.text} (${bars[item.dataIndex]!.how})`,
          },
        },
      },
    },
    plugins: [
      {
        id: "words",
        afterDatasetsDraw: (chart) => {
          drawWords(chart, bars, theme, font.size);
        },
      },
    ],
  };
}

/** Writes each bar's value at its end and draws floors and intervals, which chart.js has no name for. */
export function drawWords(chart: ChartClass, bars: readonly Bar[], theme: Theme, size: number): void {
  const { ctx, scales } = chart;
  const at = (value: number): number => scales["x"]!.getPixelForValue(value);
  ctx.save();
  ctx.font = `${size}px ${theme.font}`;
  ctx.textBaseline = "middle";
  ctx.lineWidth = 2;
  for (const [i, bar] of bars.entries()) {
    const { y } = chart.getDatasetMeta(0).data[i]!;
    const ends = [bar.from, bar.to, ...(bar.whiskers ?? [])].map(at);
    ctx.strokeStyle = theme.text;
    ctx.beginPath();
    if (bar.mark !== undefined) drawUpright(ctx, at(bar.mark), y, 11);
    if (bar.whiskers) {
      for (const end of bar.whiskers) drawUpright(ctx, at(end), y, 5);
      ctx.moveTo(at(bar.whiskers[0]), y);
      ctx.lineTo(at(bar.whiskers[1]), y);
    }
    ctx.stroke();
    ctx.fillStyle = theme.text;
    ctx.fillText(bar.text, Math.max(...ends) + 8, y);
  }
  ctx.restore();
}

export function drawUpright(ctx: CanvasRenderingContext2D, x: number, y: number, reach: number): void {
  ctx.moveTo(x, y - reach);
  ctx.lineTo(x, y + reach);
}

/** At most two lines of about `width` letters. */
export function wrapLabel(label: string, width: number): string[] {
  const lines = [""];
  for (const word of label.split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + word.length < width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.length <= 2 ? lines : [lines[0]!, `${lines[1]!} …`];
}

/** Redraws when a column is chosen, when the theme changes and for paper, where the page is light. */
export function wireCharts(): void {
  for (const choice of document.querySelectorAll<HTMLSelectElement>("select[data-charts]")) {
    choice.addEventListener("change", () => {
      for (const id of choice.dataset["charts"]!.split(" ")) {
        const canvas = document.querySelector<HTMLCanvasElement>(`#${id}`)!;
        canvas.dataset["column"] = choice.value;
        drawChart(canvas);
      }
    });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawCharts);
  addEventListener("beforeprint", () => {
    document.documentElement.classList.add("paper");
    drawCharts();
  });
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("paper");
    drawCharts();
  });
  drawCharts();
}
