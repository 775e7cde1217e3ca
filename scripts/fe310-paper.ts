/**
 * Runs the LeNet-5 program of arXiv 2007.01348 itself on the simulated FE310: its own machine code, which is not part of the
 * project (the author's repository has it as Freedom_E310_Lenet_5_Demo/debug/neural.elf), called from a stub of ours with our
 * self-test's digit, as a camera is missing.
 *
 *     node dist/scripts/fe310-paper.js neural.elf [--write]
 *
 * Needs riscv64-unknown-elf-gcc. Prints cycles by function for both clocks of the flash; `--write` keeps what the chip as
 * after reset takes, beside the paper's figure, in src/truth/paper.ts.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSimulator } from "../src/bench/simulator.ts";
import { grouped, table } from "../src/cli/table.ts";
import { analyse } from "../src/simulate/analyse.ts";
import type { Analysis } from "../src/simulate/analyse.ts";
import type { Chip } from "../src/simulate/chip/chip.ts";
import { fe310Reset, fe310Slow } from "../src/simulate/chip/fe310.ts";
import { findSimulatedCore } from "../src/simulate/core/cores.ts";
import { readImage } from "../src/simulate/image.ts";
import type { Image } from "../src/simulate/image.ts";
import { ram } from "../src/simulate/region.ts";
import { simulate } from "../src/simulate/simulate.ts";
import { paper as paperRows } from "../src/truth/paper.ts";
import { paper, paperCycles } from "./fe310-measured.ts";
import { printComparisons } from "./print-comparisons.ts";

const [elfPath, option] = process.argv.slice(2);
if (elfPath === undefined || (option !== undefined && option !== "--write")) {
  console.error("usage: fe310-paper neural.elf [--write]");
  process.exit(1);
}

/** The stub lies in memory that the chip has not: it is no part of what is timed but for a copy of the frame. */
const stubMemory = ram("stub", 0x30000000, 64 << 10);

/** What the program's main does with a frame, and the end by semihosting; its structures as its header has them. */
const stub = (frame: string): string => `
typedef unsigned u32;
typedef struct { u32 r, c, in_channel, channel; float *data, *bias; } tensor;
extern void conv2D(tensor *, const tensor *, tensor *, float (*)(float), u32, u32, u32);
extern void dot(tensor *, const tensor *, tensor *, float (*)(float));
extern float reLU(float);
extern const tensor w_0_weight_2d, w_3_weight_2d, w_7_weight_2d, w_9_weight_2d, w_11_weight_2d;
static const float frame[1024] = {${frame}};
__attribute__((used)) static void infer(void) {
    float low[1024], high[1176];
    tensor in = {32, 32, 0, 1, low, 0}, a = {14, 14, 0, 6, high, 0}, b = {5, 5, 0, 16, low, 0};
    tensor c = {120, 1, 0, 1, high, 0}, d = {84, 1, 0, 1, low, 0}, e = {10, 1, 0, 1, high, 0};
    for (int i = 0; i < 1024; ++i) ((volatile float *)low)[i] = frame[i];
    conv2D(&in, &w_0_weight_2d, &a, reLU, 2, 2, 2);
    conv2D(&a, &w_3_weight_2d, &b, reLU, 2, 2, 2);
    dot(&b, &w_7_weight_2d, &c, reLU);
    dot(&c, &w_9_weight_2d, &d, reLU);
    dot(&d, &w_11_weight_2d, &e, 0);
    int best = 0;
    for (int i = 1; i < 10; ++i) if (high[i] > high[best]) best = i;
    *(volatile u32 *)0x10013000 = '0' + best;
    register int operation __asm__("a0") = 0x18;
    register int reason __asm__("a1") = 0x20026;
    __asm__ volatile(".option norvc\\nslli x0, x0, 0x1f\\nebreak\\nsrai x0, x0, 7" : : "r"(operation), "r"(reason));
}
__attribute__((naked, section(".first"))) void first(void) {
    __asm__ volatile("li sp, 0x80004000\\nla gp, __global_pointer$\\nj infer");
}
`;

function buildStub(folder: string): Image {
  const options = ["--dtype", "f32", "--plan", "paper", "--out", folder];
  const cli = ["dist/src/cli.js", "compile", "models/lenet5.pt", ...options];
  execFileSync(process.execPath, cli, { stdio: ["ignore", "ignore", "inherit"] });
  const selftest = readFileSync(join(folder, "lenet5_selftest.c"), "utf8");
  const source = join(folder, "stub.c");
  writeFileSync(source, stub(/frame\[1024\] = \{([^}]*)\}/.exec(selftest)![1]!));
  const path = join(folder, "stub.elf");
  const flags = ["-march=rv32imac", "-mabi=ilp32", "-mcmodel=medany", "-O1", "-nostdlib", "-ffreestanding"];
  const link = [
    `-Wl,--just-symbols=${elfPath!}`,
    "-Wl,-Ttext=0x30000400",
    "-Wl,--section-start=.first=0x30000000",
  ];
  execFileSync("riscv64-unknown-elf-gcc", [...flags, ...link, "-Wl,-e,first", source, "-o", path]);
  return readImage(readFileSync(path), { fileName: "stub.elf" });
}

async function frameOn(
  chip: Chip,
  program: Image,
  caller: Image,
): Promise<{ cycles: number; analysis: Analysis }> {
  const core = findSimulatedCore("e31");
  const regions = [...chip.regions, stubMemory];
  const simulator = await buildSimulator(core, regions, true);
  const image = {
    ...caller,
    segments: [...program.segments, ...caller.segments],
    symbols: [...program.symbols, ...caller.symbols],
  };
  const { timing, console: printed } = simulate(
    simulator,
    { core, regions, devices: chip.devices(core) },
    image,
  );
  console.log(`${chip.id}: the digit is a ${new TextDecoder().decode(printed)}`);
  return { cycles: timing!.cycles, analysis: analyse(timing!, image.symbols) };
}

const folder = mkdtempSync(join(tmpdir(), "pingpool-fe310-"));
try {
  const caller = buildStub(folder);
  const program = readImage(readFileSync(elfPath), { fileName: elfPath });
  for (const chip of [fe310Reset, fe310Slow]) {
    const { cycles, analysis } = await frameOn(chip, program, caller);
    const rows = analysis.functions
      .slice(0, 6)
      .map(({ name, ownCycles, cycles: { data } }) => [name, grouped(ownCycles), grouped(data)]);
    console.log(table([["function", "own cycles", "of it waiting for data"], ...rows]));
    console.log(
      `${grouped(cycles)} cycles, ${(paper.clockHz / cycles).toFixed(3)} frames/s at ${paper.clockHz / 1e6} MHz\n`,
    );
    if (option === "--write" && chip === fe310Reset) await write(cycles);
  }
  console.log(`the paper: ${grouped(paperCycles)} cycles, ${paper.framesPerSecond} frames/s`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function write(found: number): Promise<void> {
  const [row] = paperRows.rows;
  const text = await printComparisons("paper", {
    ...paperRows,
    rows: [{ ...row!, truth: paperCycles, found }],
  });
  writeFileSync("src/truth/paper.ts", text);
}
