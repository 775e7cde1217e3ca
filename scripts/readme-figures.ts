/**
 * README's figures of emulated cores, from the file that `npm run bench -- --devices` writes:
 *
 *     node dist/scripts/readme-figures.js --write | --check
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { DeviceRow, DeviceSummary } from "../src/report/device-summary.ts";
import { groupDigits } from "../src/report/format.ts";
import { markdownTable, withGenerated } from "./generated.ts";

const script = "readme-figures.js";
/** Columns of the first table: one core of each kind. */
const cores = ["cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m55", "rv32imc"];
/** What the second table is of. */
const detailed = "cortex-m4";

/** `titles`: how README calls the networks, by their name in the file, in its order. */
export function renderFigures(summary: DeviceSummary, titles: ReadonlyMap<string, string>): string {
  const find = (model: string, device: string, engine: string): DeviceRow | undefined =>
    summary.rows.find((row) => row.model === model && row.device === device && row.engine === engine);
  const nameOf = (device: string): string => summary.devices.find(({ id }) => id === device)?.name ?? device;
  const models = [...titles.keys()];
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
  const after = withGenerated(readme, script, renderFigures(summary, titlesOf(summary)));
  if (after === undefined) throw new Error("README.md has no place for figures");
  if (mode === "--write") writeFileSync("README.md", after);
  else if (after !== readme) {
    console.error("README.md says something else than reports/data/devices.json; write it with --write");
    process.exit(1);
  }
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
