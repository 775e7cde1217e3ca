import { namedCore } from "./choice.ts";
import type { ModelReport } from "./data.ts";
import { markup, nothing } from "./markup.ts";
import {
  columnsOf,
  renderCanvas,
  renderColumnChoice,
  renderTable,
  type TableRow,
} from "./measurement-table.ts";
import type { Section } from "./section.ts";

/** Where the work, the weights and the memory are: one row a layer of the network as it is compiled. */
export function renderLayers(report: ModelReport): Section {
  const rows = report.layers.map((layer): TableRow => ({
    label: layer.path,
    note: layer.what,
    cells: [markup`${layer.output}`],
    measurements: layer.measurements,
  }));
  const columns = columnsOf(rows, report.cores);
  const core = namedCore(report);
  const chosen = columns.find((c) => c.key === `cycles@${core?.id}`) ?? columns[0];
  const chart = chosen
    ? markup`${renderColumnChoice("Show", ["layers-chart"], columns, chosen.key)}
${renderCanvas({ id: "layers-chart", kind: "layers", table: "layers-table", column: chosen.key, metricLabel: "Bar chart: the chosen figure of each layer", bars: rows.length })}`
    : nothing;
  return {
    id: "layers",
    title: "Layer by layer",
    short: "Layers",
    body: markup`<figure class="figure">${chart}
${renderTable({ id: "layers-table", caption: "Work, weights and memory of each layer after the passes", heads: ["Layer", "Output (H×W×C)"], rows, columns })}</figure>`,
  };
}
