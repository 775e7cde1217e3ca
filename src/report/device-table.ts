/** The index page's table of engines on emulated cores: networks down, cores across, CMSIS-NN beneath ours. */
import { overviewEngines, type DeviceRow, type DeviceSummary } from "./device-summary.ts";
import { shorten } from "./format.ts";
import { type Markup, markup } from "./markup.ts";
import { scrollBox } from "./measurement-table.ts";
import { badge } from "./number.ts";

export function renderDeviceSummary(summary: DeviceSummary): Markup {
  const engines = summary.engines.filter(({ id }) => overviewEngines.includes(id));
  const models = [...new Set(summary.rows.map(({ model }) => model))];
  const caption = "Instructions of one int8 inference, by network, engine and emulated core";
  const rows = models.flatMap((model) =>
    engines.map(
      ({ id, title }) =>
        markup`<tr><th scope="row">${model}<span class="note">${title}</span></th>${summary.devices.map((device) => renderCell(summary.rows, { model, engine: id, device: device.id }))}</tr>
`,
    ),
  );
  return markup`<p>C engines built with GCC and run on emulated cores, their output bytes compared with the evaluator's. How many times
fewer than CMSIS-NN ours take stands beneath, where that library was run too.</p>
<div class="figure">${scrollBox(
    caption,
    markup`<table id="devices-table" class="wide"><caption>${caption}</caption>
<thead><tr><th scope="col">Network</th>${summary.devices.map(({ name }) => markup`<th scope="col" class="num">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>`,
  )}</div>`;
}

function renderCell(rows: readonly DeviceRow[], key: Pick<DeviceRow, "model" | "engine" | "device">): Markup {
  const find = (engine: string): DeviceRow | undefined =>
    rows.find((row) => row.model === key.model && row.device === key.device && row.engine === engine);
  const row = find(key.engine);
  if (!row) return markup`<td class="num none">–</td>`;
  const cmsis = find("cmsis-nn");
  const ratio = cmsis && cmsis !== row ? `${(cmsis.instructions / row.instructions).toFixed(1)}× fewer` : "";
  return markup`<td class="num"><span title="${row.instructions} instructions">${shorten(row.instructions)}</span> ${badge("emulated", row.tools)}<div class="note">${ratio}</div></td>`;
}
