import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * The text of chart.js as one classic script, for the report to embed.
 *
 * The package hides its UMD build from `exports`; it lies beside the entry that `require` finds.
 */
export function readChartJs(): string {
  const entry = createRequire(import.meta.url).resolve("chart.js");
  return readFileSync(join(dirname(entry), "chart.umd.js"), "utf8");
}
