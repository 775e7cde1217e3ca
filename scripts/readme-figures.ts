/**
 * README's figures of emulated cores, from the file that `npm run bench -- --devices` writes:
 *
 *     node dist/scripts/readme-figures.js --write | --check
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { DeviceRow, DeviceSummary } from "../src/report/device-summary.ts";
import { groupDigits } from "../src/report/format.ts";
import { accuracyOf, type Accuracy, type Comparisons } from "../src/truth/comparison.ts";
import { comparisonSets } from "../src/truth/sets.ts";
import { markdownTable, withGenerated } from "./generated.ts";

const script = "readme-figures.js";
/** What the second table is of. */
const detailed = "cortex-m4";

/** `titles`: how README calls the networks, by their name in the file, in its order. */
export function renderFigures(summary: DeviceSummary, titles: ReadonlyMap<string, string>): string {
  const find = (model: string, device: string, engine: string): DeviceRow | undefined =>
    summary.rows.find((row) => row.model === model && row.device === device && row.engine === engine);
  const nameOf = (device: string): string => summary.devices.find(({ id }) => id === device)?.name ?? device;
  const models = [...titles.keys()];
  const cores = summary.devices.map(({ id }) => id);
  const work = models.map((model) => [
    titles.get(model)!,
    ...cores.map((core) => beside(find(model, core, "chosen"), find(model, core, "cmsis-nn"))),
  ]);
  const sizes = models.flatMap((model) =>
    (["chosen-small", "chosen", "cmsis-nn"] as const).flatMap((engine) => {
      const row = find(model, detailed, engine);
      return row ? [[titles.get(model)!, engineTitle(summary, engine), ...sizesOf(row)]] : [];
    }),
  );
  return [
    markdownTable(["instructions of one int8 inference", ...cores.map(nameOf)], work),
    `_Ours with \`--core\`, in brackets CMSIS-NN's and how many times fewer ours are. ${madeBy(summary)}_`,
    markdownTable(
      [`on ${nameOf(detailed)}`, "engine", "instructions", "RAM", "stack", "code", "constants"],
      sizes.map((row, i) => (sizes[i - 1]?.[0] === row[0] ? ["", ...row.slice(1)] : row)),
    ),
  ].join("\n\n");
}

/** How far off cycles and instructions were: cores of one kind of comparison with the same errors stand in one row. */
export function renderErrors(sets: readonly Comparisons[]): string {
  const rows = sets.flatMap((set) => {
    const cores = [...new Set(set.rows.map(({ core }) => core))];
    const groups = groupedBy(cores, (core) => errorsOf(accuracyOf(set, core)!).join());
    return [...groups.values()].map((group, i) => [
      i === 0 ? set.title : "",
      group.length > 5 ? `${group.length} cores` : group.map((core) => `\`${core}\``).join(", "),
      String(group.reduce((sum, core) => sum + accuracyOf(set, core)!.runs, 0)),
      ...errorsOf(accuracyOf(set, group[0]!)!),
    ]);
  });
  return markdownTable(["held against the truth", "core", "programs", "mean error", "worst"], rows);
}

function groupedBy(
  items: readonly string[],
  keyOf: (item: string) => string,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

const errorsOf = ({ mapePercent, worstPercent }: Accuracy): readonly string[] =>
  [mapePercent, worstPercent].map((percent) => `${percent.toFixed(2)} %`);

function beside(ours: DeviceRow | undefined, other: DeviceRow | undefined): string {
  if (!ours) return "-";
  const times = other && `${millions(other)}, ${(other.instructions / ours.instructions).toFixed(1)}x`;
  return `**${millions(ours)}**${times ? ` (${times})` : ""}`;
}

const millions = ({ instructions }: DeviceRow): string => `${(instructions / 1e6).toPrecision(3)} M`;

const bytes = (count: number): string => `${groupDigits(count)} B`;

function sizesOf(row: DeviceRow): string[] {
  return [millions(row), ...[row.ramBytes, row.stackBytes, row.codeBytes, row.constantBytes].map(bytes)];
}

function engineTitle({ engines }: DeviceSummary, id: string): string {
  return engines.find((engine) => engine.id === id)!.title;
}

function madeBy({ rows, command }: DeviceSummary): string {
  const emulator = rows
    .find(({ device }) => device === detailed)!
    .tools.split("; ")
    .at(-1)!;
  return `Emulated (${emulator}, exact counts), GCC 12.2, the better of -O2 and -O3, rows pushed; written by \`${command}\`.`;
}

function main(mode: string | undefined): void {
  if (mode !== "--write" && mode !== "--check") {
    console.error("usage: readme-figures --write | --check");
    process.exit(1);
  }
  const summary = JSON.parse(readFileSync("reports/data/devices.json", "utf8")) as DeviceSummary;
  const readme = readFileSync("README.md", "utf8");
  const after = withFigures(readme, summary);
  if (after === undefined) throw new Error("README.md has no place for figures or errors");
  if (mode === "--write") writeFileSync("README.md", after);
  else if (after !== readme) {
    console.error("README.md says something else than reports/data/devices.json; write it with --write");
    process.exit(1);
  }
}

/** README with both tables as they should be; undefined where it has no place for one. */
export function withFigures(readme: string, summary: DeviceSummary): string | undefined {
  const figures = withGenerated(readme, script, renderFigures(summary, titlesOf(summary)));
  return figures && withGenerated(figures, `${script} (errors)`, renderErrors(comparisonSets));
}

/** The networks of the file by their sidecars' titles. */
export function titlesOf({ rows }: DeviceSummary): ReadonlyMap<string, string> {
  return new Map(
    [...new Set(rows.map(({ model }) => model))].map((model) => {
      const sidecar = JSON.parse(readFileSync(`models/${model}.json`, "utf8")) as { readonly title: string };
      return [model, sidecar.title];
    }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main(process.argv[2]);
