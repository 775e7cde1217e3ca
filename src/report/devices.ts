import { type Markup, markup, nothing } from "./markup.ts";
import type { Measurement } from "../measurement.ts";
import type { DeviceEngine, DevicesReport } from "./data.ts";
import {
  columnsOf,
  renderCanvas,
  renderColumnChoice,
  renderTable,
  type Column,
  type TableRow,
} from "./measurement-table.ts";
import type { Section } from "./section.ts";

/** Engines on emulated cores: instructions of an inference, of each layer, and what they take of flash and RAM. */
export function renderDevices(report: DevicesReport, core: string | undefined): Section {
  return {
    id: "devices",
    title: "On emulated cores",
    short: "Devices",
    body: markup`<p>C engines built with GCC at -O2 and -O3, the better of the two; output bytes compared with the evaluator's on every
core. Instructions are exact and repeat; cycles are given where the emulator models them.</p>
<dl class="terms">${report.engines.map((engine) => markup`<div><dt>${engine.title}</dt><dd>${engine.what}</dd></div>`)}</dl>
${report.notes.length > 0 ? markup`<ul class="notes">${report.notes.map((note) => markup`<li>${note}</li>`)}</ul>` : nothing}
${renderEngines(report, core)}
${renderLayers(report, core)}
${renderMemory(report)}`,
  };
}

function renderEngines({ engines, devices }: DevicesReport, core: string | undefined): Markup {
  const rows = engines.map((engine): TableRow => ({
    label: engine.title,
    data: foreignMark(engine),
    measurements: engine.measurements.filter(isWork),
  }));
  return renderWork("device-engines", "One inference by engine and core", "Engine", rows, devices, core);
}

/** A row a layer for ours, on each core the engine of ours with the fewest instructions, and one for each engine of others. */
function renderLayers({ engines, devices }: DevicesReport, core: string | undefined): Markup {
  const ours = devices.flatMap(({ id }) => fewestOn(id, engines)?.layers.filter((m) => m.core === id) ?? []);
  const others = engines.filter(({ foreign, layers }) => foreign && layers.length > 0);
  const names = [...new Set(ours.map(({ layer }) => layer!))];
  const rows = names.flatMap((name): TableRow[] => [
    { label: `${name}, ours`, measurements: ours.filter(({ layer }) => layer === name) },
    ...others.map((engine) => ({
      label: `${name}, ${engine.title}`,
      data: foreignMark(engine),
      measurements: engine.layers.filter(({ layer }) => layer === name),
    })),
  ]);
  if (rows.length === 0) return nothing;
  const caption = "Each layer by core; ours is on each core the engine of ours with the fewest instructions";
  return renderWork("device-layers", caption, "Layer, engine", rows, devices, core);
}

function fewestOn(core: string, engines: readonly DeviceEngine[]): DeviceEngine | undefined {
  const total = (engine: DeviceEngine): number =>
    engine.measurements.find((m) => m.core === core && m.metric === "instructions")?.value ?? Infinity;
  return engines
    .filter(({ foreign }) => !foreign)
    .reduce<DeviceEngine | undefined>(
      (best, engine) => (total(engine) < (best ? total(best) : Infinity) ? engine : best),
      undefined,
    );
}

const isWork = ({ metric }: Measurement): boolean => metric === "instructions" || metric === "cycles";

const foreignMark = ({ foreign }: DeviceEngine): Readonly<Record<string, string>> =>
  foreign ? { foreign: "" } : {};

function renderWork(
  id: string,
  caption: string,
  head: string,
  rows: readonly TableRow[],
  devices: DevicesReport["devices"],
  core: string | undefined,
): Markup {
  const columns = columnsOf(rows, devices);
  const chosen = columns.find(({ key }) => key === `instructions@${core}`) ?? columns[0];
  return markup`<figure class="figure">${chosen ? renderChart(id, columns, chosen, rows.length) : nothing}
${renderTable({ id: `${id}-table`, caption, heads: [head], rows, columns })}</figure>`;
}

function renderChart(id: string, columns: readonly Column[], chosen: Column, bars: number): Markup {
  return markup`${renderColumnChoice("Show", [`${id}-chart`], columns, chosen.key)}
${renderCanvas({ id: `${id}-chart`, kind: "layers", table: `${id}-table`, column: chosen.key, metricLabel: "Bar chart: the chosen figure of each row; outlined bars are engines of others", bars })}`;
}

/** For rows that are of one core each, so that a column is a metric. */
function withoutCore(m: Measurement): Measurement {
  const { core, ...rest } = m;
  return core === undefined ? m : rest;
}

/** A row an engine and device: code, constants, RAM, stack. */
function renderMemory({ engines, devices }: DevicesReport): Markup {
  const rows = engines.flatMap((engine) =>
    devices.flatMap(({ id, name }): TableRow[] => {
      const measurements = engine.measurements.filter((m) => m.core === id && !isWork(m)).map(withoutCore);
      return measurements.length === 0
        ? []
        : [{ label: `${engine.title}, ${name}`, data: foreignMark(engine), measurements }];
    }),
  );
  if (rows.length === 0) return nothing;
  const caption =
    "Flash and RAM by engine and core: code is linked code, with what it takes from the compiler's libraries";
  return markup`<details><summary>Code, constants, RAM and stack</summary>
${renderTable({ id: "device-memory-table", caption, heads: ["Engine, core"], rows, columns: columnsOf(rows, devices) })}</details>`;
}
