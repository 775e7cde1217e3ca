import { formatRuns, formatTime, formatValue, groupDigits, shorten } from "../format.ts";
import { describeLife, kindName, liveGroups, ownersOf } from "../live.ts";
import { ownerClass } from "../map-drawing.ts";
import { changeBar, lengthBars, lossBars, ratioBar, readCell, readRows, stepBars, totalBar } from "./bars.ts";
import { barChart, drawChart, drawCharts, drawUpright, drawWords, wireCharts, wrapLabel } from "./charts.ts";
import { showEvent, showTip, wireLives, wireMap, wireMaps, wirePlay } from "./maps.ts";
import { drawScatters, readPoints, scatterChart, wireScatters } from "./scatter.ts";
import { readTheme } from "./theme.ts";

/**
 * The page's own script: the source text of these functions, which are type-checked and linted like everything else.
 *
 * They use no names but each other's, the browser's and `Chart`; `test/report/script.test.ts` holds them to it.
 */
const functions = [
  groupDigits, shorten, formatTime, formatValue, formatRuns,
  ownersOf, liveGroups, kindName, describeLife, ownerClass,
  readTheme, readRows, readCell, lengthBars, stepBars, lossBars, totalBar, changeBar, ratioBar,
  drawCharts, drawChart, barChart, drawWords, drawUpright, wrapLabel, wireCharts,
  wireMaps, wireMap, showEvent, wirePlay, wireLives, showTip,
] as const; // prettier-ignore

export function pageScript(): string {
  return scriptOf(functions, [
    `wireMaps(JSON.parse(document.getElementById("report-data").textContent).maps);`,
    "wireCharts();",
  ]);
}

/** The script of the validation page. */
export function scatterScript(): string {
  const own = [groupDigits, shorten, readTheme, readPoints, scatterChart, drawScatters, wireScatters];
  return scriptOf(own, ["wireScatters();"]);
}

function scriptOf(own: readonly { toString: () => string }[], calls: readonly string[]): string {
  return `"use strict";
(() => {
${[...own.map(String), ...calls].join("\n")}
})();
`;
}
