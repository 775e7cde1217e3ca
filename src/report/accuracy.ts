import type { ModelReport } from "./data.ts";
import { groupDigits } from "./format.ts";
import { markup } from "./markup.ts";
import { renderTable, type TableRow } from "./measurement-table.ts";
import type { Section } from "./section.ts";

/** Accuracy, by whom it was computed and on what. */
export function renderAccuracy(report: ModelReport): Section {
  const rows = report.accuracy.map((a): TableRow => ({
    label: a.title,
    cells: [
      markup`${a.dtype === "int8" ? "int8" : "float"}`,
      markup`${groupDigits(a.samples)}`,
      markup`${a.data}`,
    ],
    measurements: [a.accuracy],
  }));
  const body =
    rows.length === 0
      ? markup`<p>No labelled samples were given, so no accuracy was measured.</p>`
      : renderTable({
          id: "accuracy-table",
          caption: "Share of samples classified rightly",
          heads: ["Computed by", "Type", "Samples", "Data and preprocessing"],
          rows,
          columns: [{ key: "accuracy", metric: "accuracy", title: "Accuracy" }],
        });
  return { id: "accuracy", title: "Accuracy", short: "Accuracy", body };
}
