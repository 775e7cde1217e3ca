import type { TradeOffLine, TradeOffReport } from "./data.ts";
import { groupDigits } from "./format.ts";
import { ownerClass, ticks } from "./map-drawing.ts";
import { type Markup, markup, nothing } from "./markup.ts";
import { scrollBox } from "./measurement-table.ts";
import { notChosen, type Section } from "./section.ts";

/** RAM, flash and cycles against each other: a picture and its table. */
export function renderTradeOff(report: TradeOffReport | undefined, coreName: string): Section {
  return {
    id: "trade-off",
    title: "RAM, flash and cycles",
    short: "Trade-off",
    body: report
      ? markup`<p>Each layer as chosen for ${coreName} under limits of constants and of each layer's working memory, frame pushed. RAM is the arena with its working memory and
flash the constants (counted). Upwards: ${report.measure}; the copies of input and output are not in it.</p>
<figure class="figure">${drawLines(report)}${renderLegend(report.lines)}</figure>
${renderPoints(report)}`
      : notChosen,
  };
}

function drawLines({ lines }: TradeOffReport): Markup {
  const points = lines.flatMap((line) => line.points);
  const width = Math.max(1, ...points.map((p) => p.arenaBytes));
  const height = Math.max(1, ...points.map((p) => p.cycles));
  const y = (cycles: number): number => height - cycles;
  return markup`<div class="plot">
<div class="axis-y" aria-hidden="true">${ticks(height).map((t) => markup`<span style="bottom:${((100 * t) / height).toFixed(2)}%">${(t / 1e6).toPrecision(3)} M</span>`)}</div>
<svg class="trade-off" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="Cycles, from the bottom up, over bytes of RAM, from left to right; a line a flash budget">
${lines.map(
  (line, i) => markup`<path class="${ownerClass(i)}" d="${stairs(line, width, y)}"/>
`,
)}</svg>
<div class="axis-x" aria-hidden="true">${ticks(width).map((t) => markup`<span style="left:${((100 * t) / width).toFixed(2)}%">${groupDigits(t)} B</span>`)}</div>
</div>`;
}

/** Between two points the engine is that of the smaller one. */
function stairs({ points }: TradeOffLine, width: number, y: (cycles: number) => number): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const steps = rest.map((p) => `H${p.arenaBytes}V${y(p.cycles)}`).join("");
  return `M${first.arenaBytes} ${y(first.cycles)}${steps}H${width}`;
}

const renderLegend = (lines: readonly TradeOffLine[]): Markup =>
  markup`<ul class="owners">${lines.map(({ flashBytes }, i) => markup`<li><i class="swatch ${ownerClass(i)}"></i>at most ${groupDigits(flashBytes)} B of constants</li>`)}</ul>`;

function renderPoints({ lines, measure }: TradeOffReport): Markup {
  const rows = lines.flatMap(({ flashBytes, points }) =>
    points.map(
      (p) =>
        markup`<tr><th scope="row" class="num">${groupDigits(flashBytes)}</th><td class="num">${groupDigits(p.constantBytes)}</td><td class="num">${groupDigits(p.arenaBytes)}</td><td class="num">${groupDigits(p.cycles)}</td></tr>`,
    ),
  );
  if (rows.length === 0) return nothing;
  const table = markup`<table><caption>Choices under budgets of flash and RAM</caption>
<thead><tr><th scope="col" class="num">Flash budget, B</th><th scope="col" class="num">Constants, B (counted)</th><th scope="col" class="num">Arena, B (counted)</th><th scope="col" class="num">Cycles (${measure})</th></tr></thead>
<tbody>${rows}</tbody></table>`;
  return markup`<details><summary>The points</summary>${scrollBox("Choices under budgets of flash and RAM", table)}</details>`;
}
