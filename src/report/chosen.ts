import type { Measurement } from "../measurement.ts";
import type { ChosenReport, CoreReport } from "./data.ts";
import { markup } from "./markup.ts";
import { columnsOf, renderTable, type TableRow } from "./measurement-table.ts";
import { notChosen, type Section } from "./section.ts";

/** What `compile --core` makes for each core, and how long it takes there. */
export function renderChosen(
  report: readonly ChosenReport[] | undefined,
  cores: readonly CoreReport[],
): Section {
  const rows = (report ?? []).flatMap(({ core, measurements, ways }): TableRow[] => {
    const at = cores.find(({ id }) => id === core);
    return at ? [rowOf(at, measurements, ways)] : [];
  });
  return {
    id: "chosen",
    title: "As chosen for each core",
    short: "Chosen",
    body: report
      ? markup`<p>Each layer in the way that is estimated to be fastest on the core, as <code>pingpool compile --core</code> chooses it without budgets: rows
pushed, flash free, up to a twentieth of the speed given for less RAM. Memory without wait states; <code>pingpool boards</code> counts a chip's own.</p>
${renderTable({ id: "chosen-engines", caption: "One engine a core", heads: ["Core"], rows, columns: columnsOf(rows, []) })}`
      : notChosen,
  };
}

function coreless(m: Measurement): Measurement {
  const { core, ...figure } = m;
  return core === undefined ? m : figure;
}

/** In the row of its core a figure needs no core's name. */
function rowOf(
  core: CoreReport,
  measurements: ChosenReport["measurements"],
  ways: ChosenReport["ways"],
): TableRow {
  return {
    label: core.name,
    note: `${core.part}: ${ways.map(([layer, way]) => `${layer} ${way}`).join("; ")}`,
    measurements: measurements.map(coreless),
  };
}
