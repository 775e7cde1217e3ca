/**
 * Holds simulated cycles against the cycles of the cores' own RTL, which are not part of the project:
 *
 *     node dist/scripts/check-rtl.js RTL [--write | CORE...]
 *
 * RTL holds `truth.csv`, `micro.csv`, `kernels/`, `micro/`, `rt.c`, `crt0.S` and `link.ld`. Every row of `truth.csv` must
 * retire the same instructions in cycles within 0.5 %, every cell of `micro.csv` agree to its last digit.
 * Prints a table by core. `--write` writes the rows to `src/truth/rtl.ts`; otherwise they must be those of that file. Ends with
 * "N passed, N failed".
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { buildSimulator } from "../src/bench/simulator.ts";
import { table } from "../src/cli/table.ts";
import { simulatedCores } from "../src/simulate/core/cores.ts";
import type { SimulatedCore } from "../src/simulate/core/core.ts";
import { testBench } from "../src/simulate/device.ts";
import { readImage } from "../src/simulate/image.ts";
import { ram } from "../src/simulate/region.ts";
import { simulate } from "../src/simulate/simulate.ts";
import { accuracyOf, errorOf, type Comparison, type Comparisons } from "../src/truth/comparison.ts";
import { rtl } from "../src/truth/rtl.ts";
import { printComparisons } from "./print-comparisons.ts";

const tolerance = 0.005;
const regions = [ram("RAM", 0x40000000, 8 << 20)];

const write = process.argv.includes("--write");
const [folder, ...only] = process.argv.slice(2).filter((word) => word !== "--write");
if (folder === undefined) {
  console.error("usage: check-rtl RTL [--write | CORE...] (a folder with truth.csv)");
  process.exit(1);
}

/** The core that stands for a row's core and configuration, if it is simulated. */
function coreOf(name: string, configuration: string): SimulatedCore | undefined {
  const id = `${name}-${configuration.replace("_", "-")}`;
  return simulatedCores.find((core) => core.id === id || (configuration === "base" && core.id === name));
}

const build = mkdtempSync(join(tmpdir(), "pingpool-rtl-"));
const flags = [
  ...["--specs=picolibc.specs", "-mabi=ilp32", "-nostartfiles", "-ffreestanding", "-fno-builtin-printf"],
  ...[
    "-ffunction-sections",
    "-Wl,--gc-sections",
    "-Wl,--no-warn-rwx-segments",
    "-static",
    `-I${join(folder, "kernels")}`,
  ],
];
const built = new Map<string, Uint8Array>();

function gcc(args: readonly string[]): void {
  execFileSync("riscv64-unknown-elf-gcc", [...flags, ...args], { stdio: ["ignore", "ignore", "inherit"] });
}

/** The program of `kernels/NAME.c` or `micro/NAME.c`, compiled as `level` says: `O2`, or `O2b` with Zba and Zbb. */
function program(kind: "kernels" | "micro", name: string, level: string): Uint8Array {
  const key = `${kind}-${name}-${level}`;
  const known = built.get(key);
  if (known) return known;
  const architecture = level.endsWith("b") ? "rv32imc_zba_zbb_zicsr" : "rv32imc_zicsr";
  const object = join(build, `${key}.o`);
  const image = join(build, `${key}.elf`);
  if (built.size === 0) {
    gcc(["-march=rv32imc_zicsr", "-O2", "-c", join(folder!, "rt.c"), "-o", join(build, "rt.o")]);
    gcc(["-march=rv32imc_zicsr", "-c", join(folder!, "crt0.S"), "-o", join(build, "crt0.o")]);
  }
  gcc([
    `-march=${architecture}`,
    `-${level.replace("b", "")}`,
    "-c",
    join(folder!, kind, `${name}.c`),
    "-o",
    object,
  ]);
  const objects = [join(build, "crt0.o"), join(build, "rt.o"), object];
  gcc(["-march=rv32imac", "-T", join(folder!, "link.ld"), ...objects, "-o", image, "-lm"]);
  const bytes = readFileSync(image);
  built.set(key, bytes);
  return bytes;
}

interface Answer {
  readonly cycles: number;
  readonly instructions: number;
  readonly check: number;
}

async function run(core: SimulatedCore, elf: Uint8Array, name: string): Promise<Answer> {
  const simulator = await buildSimulator(core, regions, true);
  const system = { core, regions, devices: [testBench(core.coreType)] };
  const { console } = simulate(simulator, system, readImage(elf, { fileName: name }));
  const text = new TextDecoder().decode(console);
  const match = /RESULT cycles=(\d+) instret=(\d+) check=(\d+)/.exec(text);
  if (!match) throw new Error(`${name} on ${core.id} printed ${text}`);
  return { cycles: Number(match[1]), instructions: Number(match[2]), check: Number(match[3]) };
}

const rows = (file: string): string[][] =>
  readFileSync(join(folder, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));

const compared: Comparison[] = [];
const skipped = new Set<string>();
const wanted = (core: SimulatedCore): boolean => only.length === 0 || only.includes(core.id);
let passed = 0;
let failed = 0;

function note(core: string, program: string, isRight: boolean, words: string): void {
  if (isRight) passed += 1;
  else {
    failed += 1;
    console.log(`FAIL  ${core} ${program}: ${words}`);
  }
}

for (const [name, configuration, kernel, level, cycles, instructions, check] of rows("truth.csv").slice(1)) {
  const core = coreOf(name!, configuration!);
  if (core === undefined) skipped.add(`${name} ${configuration}`);
  if (core === undefined || !wanted(core)) continue;
  const answer = await run(core, program("kernels", kernel!, level!), kernel!);
  const row = { core: core.id, program: `${kernel} ${level}`, truth: Number(cycles), found: answer.cycles };
  compared.push(row);
  const isSame = answer.instructions === Number(instructions) && answer.check === Number(check);
  note(
    core.id,
    row.program,
    isSame && Math.abs(errorOf(row)) <= tolerance,
    `${answer.instructions} instructions of ${instructions}, ${row.found} cycles of ${row.truth}`,
  );
}

/**
 * What a micro-benchmark's cycles are divided by, and whether the bare loop comes off first: patterns are written out
 * so many times in a loop of so many passes; a few are the loop itself.
 */
function divisor(source: string): { readonly by: number; readonly isLoop: boolean } {
  const written = /\.rept (\d+)/.exec(source)?.[1];
  const passes = Number(/li t0, ?(\d+)/.exec(source)![1]);
  return { by: passes * Number(written ?? 1), isLoop: written === undefined };
}

async function checkMicro(core: SimulatedCore, micro: string, truth: number): Promise<void> {
  const cyclesOf = async (name: string): Promise<number> =>
    (await run(core, program("micro", name, "O2"), name)).cycles;
  const { by, isLoop } = divisor(readFileSync(join(folder!, "micro", `${micro}.c`), "utf8"));
  const bare = isLoop ? 0 : await cyclesOf("base");
  const difference = ((await cyclesOf(micro)) - bare) / by - truth;
  const isRounding = Math.abs(difference) < (isLoop ? 0.02 : 0.005);
  note(`${core.id} micro`, micro, isRounding, `${((100 * difference) / truth).toFixed(3)} %`);
}

const [header, ...cases] = rows("micro.csv");
for (const [i, column] of header!.slice(1).entries()) {
  const core = coreOf(...(column.split(/_(.*)/) as [string, string]));
  if (core === undefined || !wanted(core)) continue;
  for (const [micro, ...values] of cases)
    if (values[i] !== "FAIL") await checkMicro(core, micro!, Number(values[i]));
}

const found: Comparisons = { ...rtl, rows: compared };
if (write) writeFileSync("src/truth/rtl.ts", await printComparisons("rtl", found));
else {
  const known = rtl.rows.filter(({ core }) => compared.some((row) => row.core === core));
  note("src/truth/rtl.ts", "its rows", isDeepStrictEqual(known, compared), "are not these: run with --write");
}

const lines = simulatedCores.flatMap(({ id }) => {
  const accuracy = accuracyOf(found, id);
  if (!accuracy) return [];
  const { runs, exact, mapePercent, worstPercent, worst } = accuracy;
  return [
    [
      id,
      String(runs),
      String(exact),
      `${mapePercent.toFixed(3)} %`,
      `${worstPercent.toFixed(3)} %`,
      worstPercent === 0 ? "" : worst,
    ],
  ];
});
console.log(table([["core", "runs", "exact", "MAPE", "worst", "of"], ...lines]));
if (skipped.size > 0) console.log(`not simulated: ${[...skipped].join(", ")}`);
rmSync(build, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
