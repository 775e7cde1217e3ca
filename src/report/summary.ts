import type { Measurement } from "../measurement.ts";
import { findMeasurement, latencyOn, leastRam, namedCore, rivals } from "./choice.ts";
import type { ModelReport, VariantReport } from "./data.ts";
import { formatClock, groupDigits } from "./format.ts";
import { type Markup, markup, nothing } from "./markup.ts";
import { renderNumber, timesOf } from "./number.ts";
import type { Section } from "./section.ts";

/** The cards at the head of a page: one answer each, with what it is held against. */
interface Card {
  readonly title: string;
  readonly what: string;
  readonly chief: Measurement;
  readonly lines: readonly { readonly label: string; readonly numbers: readonly Measurement[] }[];
}

export function renderSummary(report: ModelReport): Section {
  const dtype = leastRam(report, "int8", "resident") ? "int8" : "f32";
  const best = leastRam(report, dtype, "resident");
  const cards = [
    ramCard(report, best, "resident"),
    ramCard(report, leastRam(report, dtype, "pushed"), "pushed"),
  ];
  cards.push(
    flashCard(report, best),
    latencyCard(report, best),
    accuracyCard(report),
    ratioCard(report, best),
  );
  return {
    id: "summary",
    title: "Summary",
    short: "Summary",
    body: markup`<div class="cards">${cards.map((card) => (card ? renderCard(card) : nothing))}</div>`,
  };
}

function renderCard(card: Card): Markup {
  return markup`<article class="card"><h3>${card.title}</h3><p class="chief">${renderNumber(card.chief)}</p><p class="note">${card.what}</p>${
    card.lines.length > 0
      ? markup`<dl>${card.lines.map((line) => markup`<div><dt>${line.label}</dt><dd>${line.numbers.map((m) => markup`<span>${renderNumber(m)}</span> `)}</dd></div>`)}</dl>`
      : nothing
  }</article>`;
}

function ramCard(
  report: ModelReport,
  best: VariantReport | undefined,
  frame: "resident" | "pushed",
): Card | undefined {
  const chief = findMeasurement(best, "arenaBytes");
  if (!best || !chief) return undefined;
  const outside = findMeasurement(best, "frameBytes");
  const lines = rivals(report, best).flatMap((rival) => {
    const ram = findMeasurement(rival, "arenaBytes");
    return ram ? [{ label: rival.title, numbers: [ram, timesOf(chief, ram)] }] : [];
  });
  return {
    title: frame === "resident" ? "RAM, whole frame in the arena" : "RAM, rows pushed as they come",
    what: `${best.title}, ${best.dtype}: the least of all plans compared. × is times as much.`,
    chief,
    lines: [...(outside ? [{ label: "Held by the caller", numbers: [outside] }] : []), ...lines],
  };
}

/** Flash; only the constants, and so called, where the code's size is not known. */
function flashCard(report: ModelReport, best: VariantReport | undefined): Card | undefined {
  const metric = findMeasurement(best, "flashBytes") ? "flashBytes" : "weightBytes";
  const chief = findMeasurement(best, metric);
  if (!best || !chief) return undefined;
  const parts = (["weightBytes", "codeBytes"] as const).flatMap((name) => {
    const part = name === metric ? undefined : findMeasurement(best, name);
    return part ? [{ label: name === "weightBytes" ? "Weights" : "Code", numbers: [part] }] : [];
  });
  const core = namedCore(report);
  const code = report.devices?.engines
    .find(({ foreign }) => !foreign)
    ?.measurements.find((m) => m.metric === "codeBytes" && m.core === core?.id);
  if (code && core) parts.push({ label: `Code, ${core.name}`, numbers: [code] });
  const float =
    best.dtype === "int8" ? findMeasurement(leastRam(report, "f32", "resident"), metric) : undefined;
  return {
    title: metric === "flashBytes" ? "Flash" : "Flash, constants only",
    what: `${best.title}, ${best.dtype}`,
    chief,
    lines: [...parts, ...(float ? [{ label: "float", numbers: [float] }] : [])],
  };
}

function latencyCard(report: ModelReport, best: VariantReport | undefined): Card | undefined {
  const core = namedCore(report);
  const chief = best && core && latencyOn(best, core);
  if (!chief) return undefined;
  const lines = report.cores.flatMap((other) => {
    const time = other === core ? undefined : latencyOn(best, other);
    return time ? [{ label: `${other.name}, ${formatClock(other.clockHz)}`, numbers: [time] }] : [];
  });
  return {
    title: `Time on ${core.name}`,
    what: `${core.part}; ${best.title}, ${best.dtype}; one inference`,
    chief,
    lines,
  };
}

function accuracyCard(report: ModelReport): Card | undefined {
  const last = report.accuracy.findLast((a) => a.dtype === "int8") ?? report.accuracy.at(-1);
  if (!last) return undefined;
  const lines = report.accuracy
    .filter((a) => a !== last)
    .map((a) => ({ label: a.title, numbers: [a.accuracy] }));
  return {
    title: "Accuracy",
    what: `${last.title}; ${groupDigits(last.samples)} samples`,
    chief: last.accuracy,
    lines,
  };
}

/** Host ratios: the best plan's own, else the optimisation that gains most, and always the one that gains least. */
function ratioCard(report: ModelReport, best: VariantReport | undefined): Card | undefined {
  const steps = report.ablation
    .flatMap(({ title, switchedOn }) =>
      switchedOn.filter((m) => m.metric === "ratio").map((m) => ({ label: title, numbers: [m] as const })),
    )
    .sort((a, b) => b.numbers[0].value - a.numbers[0].value);
  const own = findMeasurement(best, "ratio");
  const chief = own && best ? { label: best.title, numbers: [own] as const } : steps[0];
  if (!chief) return undefined;
  const ends = new Set([steps[0], steps.at(-1)].filter((step) => step !== chief));
  return {
    title: "Host ratio",
    what: `${chief.label}${own ? "" : ": the step that gains most"}. Host time says little about a microcontroller.`,
    chief: chief.numbers[0],
    lines: [...ends].flatMap((step) => step ?? []),
  };
}
