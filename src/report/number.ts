import type { ErrorBar, Measurement, Provenance } from "../measurement.ts";
import { exactValue, formatValue, metricTitle } from "./format.ts";
import { type Markup, markup, nothing } from "./markup.ts";

/** How a number looks on a page: the value for people, the exact one in its title, and its provenance word. */

/** The provenance word as a small badge; its title says the source. */
export function badge(how: Provenance, source: string): Markup {
  return markup`<span class="how ${how}" title="${source}">${how}</span>`;
}

export function renderNumber(m: Measurement): Markup {
  return markup`<span class="number" data-metric="${m.metric}" data-value="${m.value}" title="${describe(m)}">${formatValue(m.metric, m.value)}${renderInterval(m)}${renderError(m)}</span> ${badge(m.how, m.source)}`;
}

function renderInterval(m: Measurement): Markup {
  if (!m.interval) return nothing;
  const low = formatValue(m.metric, m.interval.low);
  const high = formatValue(m.metric, m.interval.high);
  return markup` <span class="interval">${low}–${high}</span>`;
}

function renderError({ error }: Measurement): Markup {
  return error ? markup` <span class="interval">±${error.withinPercent} %</span>` : nothing;
}

/** Everything a measurement says, in one line. */
export function describe(m: Measurement): string {
  const interval = m.interval ? `, ${m.interval.kind} interval ${m.interval.low} to ${m.interval.high}` : "";
  const title = m.metric === "ratio" ? "Ratio" : metricTitle[m.metric];
  return `${title}: ${exactValue(m.metric, m.value)}${interval}; ${m.variant}${m.core ? `, ${m.core}` : ""}`;
}

/** From the firmest to the least firm: a number made of two is as firm as the weaker one. */
const firmness: readonly Provenance[] = ["counted", "measured", "emulated", "estimated", "cited"];

export function weaker(a: Provenance, b: Provenance): Provenance {
  return firmness.indexOf(a) > firmness.indexOf(b) ? a : b;
}

/** How many times larger `other` is than `ours`. */
export function timesOf(ours: Measurement, other: Measurement): Measurement {
  const about = {
    metric: "ratio",
    value: other.value / ours.value,
    variant: ours.variant,
    source: `${exactValue(other.metric, other.value)} (${other.how}) / ${exactValue(ours.metric, ours.value)} (${ours.how})`,
  } as const;
  const how = weaker(ours.how, other.how);
  return how === "estimated" ? { ...about, how, error: errorOfRatio(ours, other) } : { ...about, how };
}

/** As if both were off in the directions that add up. */
function errorOfRatio(a: Measurement, b: Measurement): ErrorBar {
  const errors = [a, b].flatMap(({ error }) => error ?? []);
  const sum = (of: (error: ErrorBar) => number): number =>
    Number(errors.reduce((total, error) => total + of(error), 0).toFixed(1));
  return {
    withinPercent: sum(({ withinPercent }) => withinPercent),
    mapePercent: sum(({ mapePercent }) => mapePercent),
    worstPercent: sum(({ worstPercent }) => worstPercent),
    over: errors[0]!.over,
  };
}
