/**
 * Holds simulated cycles against cycles published for real chips:
 *
 *     node dist/scripts/check-hardware.js CALIBRATE.csv FOLDER [--write] [ROW...]
 *
 * CALIBRATE.csv holds the published rows; FOLDER the reader's own checkouts of the repositories that its rows with
 * artifact `binary` name (`FOLDER/tiny_results_v1.1/closed/...`). Nothing of them is part of the project. Prints a
 * table by row and by core, with the error each core would have if every row were left out of it in turn; `--write` writes
 * the rows to `src/truth/hardware.ts`, whose words stay as they are. Ends with "N passed, N failed".
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { table } from "../src/cli/table.ts";
import { accuracyOf, errorOf, type Comparison, type Comparisons } from "../src/truth/comparison.ts";
import { hardware } from "../src/truth/hardware.ts";
import { hardwareLoops, runHardwareLoop, turns } from "./hardware-loops.ts";
import { hardwarePrograms } from "./hardware-programs.ts";
import { runHardwareProgram } from "./hardware-run.ts";
import { printComparisons } from "./print-comparisons.ts";

const write = process.argv.includes("--write");
const [csv, folder, ...only] = process.argv.slice(2).filter((word) => word !== "--write");
if (csv === undefined || folder === undefined) {
  console.error("usage: check-hardware CALIBRATE.csv FOLDER [--write] [ROW...]");
  process.exit(1);
}

interface Published {
  readonly program: string;
  readonly cycles: number;
  readonly path: string;
}

/** Fields of a line of CSV; quotes hold commas. */
function fields(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field]) =>
    field!.replace(/^"|"$/g, ""),
  );
}

function readPublished(file: string): Map<string, Published> {
  const [header, ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  const names = fields(header!);
  const rows = lines.map((line) => new Map(fields(line).map((field, i) => [names[i]!, field])));
  return new Map(
    rows.map((row) => {
      const get = (name: string): string => row.get(name) ?? "";
      const repository = basename(get("url_or_repo_path").split("@")[0]!);
      const path = /binary: (\S+)/.exec(get("notes"))?.[1] ?? "";
      const kernel = get("layer") === "whole network" ? "" : ` ${get("layer")}`;
      const build = get("library_version").split(" (")[0] || get("memory_config");
      const program = `${get("row_id")} ${get("network_or_kernel")}${kernel}, ${build}, ${get("board_chip")}`;
      return [get("row_id"), { program, cycles: Number(get("cycles")), path: join(repository, path) }];
    }),
  );
}

const published = readPublished(csv);
const rows: Comparison[] = [];
let failed = 0;

const isWanted = (row: string): boolean => only.length === 0 || only.includes(row);

/** `times` is how often what the row gives the cycles of is run. */
async function compare(
  { row, core }: { readonly row: string; readonly core: string },
  times: number,
  run: (path: string) => Promise<number>,
): Promise<void> {
  if (!isWanted(row)) return;
  const truth = published.get(row);
  const program = `${truth?.program ?? row}${times === 1 ? "" : `, ${times} turns`}`;
  try {
    if (truth === undefined) throw new Error(`${csv} has no such row`);
    rows.push({ core, program, truth: times * truth.cycles, found: await run(join(folder!, truth.path)) });
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${program}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

for (const program of hardwarePrograms)
  await compare(program, 1, async (path) => (await runHardwareProgram(program, readFileSync(path))).cycles);
for (const loop of hardwareLoops) await compare(loop, turns, () => runHardwareLoop(loop));

const percent = (value: number): string => `${value < 0 ? "" : "+"}${(100 * value).toFixed(2)} %`;
console.log(
  table([
    ["core", "row", "published", "simulated", "error"],
    ...rows.map((row) => [
      row.core,
      row.program,
      String(row.truth),
      String(row.found),
      percent(errorOf(row)),
    ]),
  ]),
);

/** The mean error of each row after scaling by what the others say is the mean ratio: how much one row decides. */
function leftOut(core: string): number {
  const own = rows.filter((row) => row.core === core);
  const errors = own.map((row) => {
    const others = own.filter((other) => other !== row);
    const ratio =
      others.reduce((sum, other) => sum + other.truth / other.found, 0) / Math.max(others.length, 1);
    return Math.abs((row.found * (others.length > 0 ? ratio : 1)) / row.truth - 1);
  });
  return (100 * errors.reduce((sum, error) => sum + error, 0)) / errors.length;
}

const cores = [...new Set(rows.map(({ core }) => core))];
const found: Comparisons = { ...hardware, rows };
console.log(
  table([
    ["core", "rows", "MAPE", "worst", "MAPE, each row scaled by the others"],
    ...cores.map((core) => {
      const { runs, mapePercent, worstPercent } = accuracyOf(found, core)!;
      return [
        core,
        String(runs),
        `${mapePercent.toFixed(2)} %`,
        `${worstPercent.toFixed(2)} %`,
        `${leftOut(core).toFixed(2)} %`,
      ];
    }),
  ]),
);
if (write && only.length === 0 && failed === 0)
  writeFileSync("src/truth/hardware.ts", await printComparisons("hardware", found));
console.log(`${rows.length} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
