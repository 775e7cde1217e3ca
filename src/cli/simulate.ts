import { buildSimulator } from "../bench/simulator.ts";
import { CompileError } from "../error.ts";
import { analyse } from "../simulate/analyse.ts";
import type { Chip } from "../simulate/chip/chip.ts";
import { chips, findChip } from "../simulate/chip/chips.ts";
import type { SimulatedCore } from "../simulate/core/core.ts";
import { findSimulatedCore, simulatedCores } from "../simulate/core/cores.ts";
import { readImage } from "../simulate/image.ts";
import { renderSimulation } from "../report/simulation-page.ts";
import { ram } from "../simulate/region.ts";
import type { MemoryRegion } from "../simulate/region.ts";
import { simulate } from "../simulate/simulate.ts";
import type { Arguments } from "./arguments.ts";
import { readAddress, readCount } from "./arguments.ts";
import type { Command } from "./command.ts";
import { readBytesOf } from "./read-file.ts";
import { simulationReport } from "./simulate-report.ts";
import { describeSimulation, simulationJson } from "./simulate-summary.ts";
import { writeFile } from "./write-files.ts";

/** `pingpool simulate`: any program on a simulated core: what it prints, and where its cycles go. */
export const simulateCommand: Command = {
  name: "simulate",
  summary: "run a program on a simulated core, and say where its cycles go",
  usage: "pingpool simulate PROGRAM --core NAME [--chip NAME] [--entry ADDR] [--json FILE] [--html FILE]",
  options: ["core", "chip", "entry", "address", "memory", "limit", "untimed", "html"],
  own: {
    core: { value: "NAME", help: "core to simulate, one of those below" },
    json: { value: "FILE", help: "also write everything there, as JSON" },
  },
  notes: [
    "",
    "The program is an ELF file, or raw bytes with --address; an Arm core starts from its vector table. Standard output",
    "is what it prints and nothing else; the summary goes to standard error. Exit code 3: the program ended with a code",
    "other than 0.",
    "",
    "cores:",
    ...simulatedCores.map(({ id, name }) => `  ${id.padEnd(16)} ${name}`),
    "",
    "chips:",
    ...chips.map(({ id, name, missing }) => `  ${id.padEnd(16)} ${name}; not modelled: ${missing}`),
  ],
  async run(typed, command) {
    const [path, ...others] = typed.files;
    if (path === undefined || others.length > 0)
      throw new CompileError(`${typed.files.length} files; expected one program: ${simulateCommand.usage}`);
    if (typed.values.core === undefined)
      throw new CompileError(
        `simulate: which core? --core ${simulatedCores.map((core) => core.id).join("|")}`,
      );
    const core = findSimulatedCore(typed.values.core);
    const chip = withMemory(findChip(typed.values.chip ?? usualChip(core), core), typed.values.memory);
    if (typed.values.html !== undefined && typed.flags.has("untimed"))
      throw new CompileError("--html: an untimed run has no cycles to draw; leave out --untimed");
    const bytes = readBytesOf(path);
    const image = readImage(bytes, { fileName: path, address: optional(typed, "address") });
    const simulator = await buildSimulator(core, chip.regions, !typed.flags.has("untimed"));
    const output = new ConsoleOutput();
    const started = performance.now();
    let simulation;
    try {
      simulation = simulate(simulator, { core, regions: chip.regions, devices: chip.devices(core) }, image, {
        entry: optional(typed, "entry"),
        budget: typed.values.limit === undefined ? undefined : readCount("limit", typed.values.limit),
        onConsole: (byte) => output.write(byte),
      });
    } finally {
      output.flush();
    }
    const analysis = simulation.timing && analyse(simulation.timing, image.symbols, image.marks);
    const facts = { core, chip, simulation, analysis, hostSeconds: (performance.now() - started) / 1000 };
    const json = simulationJson(facts);
    console.error(describeSimulation(facts));
    const { json: jsonPath, html: htmlPath } = typed.values;
    if (jsonPath !== undefined) writeFile(jsonPath, `${JSON.stringify(json, null, 2)}\n`, "json");
    if (htmlPath !== undefined) {
      const report = simulationReport(facts, { path, bytes }, command);
      if (report) writeFile(htmlPath, renderSimulation(report), "html");
    }
    const failed = simulation.ending.kind === "exit" && simulation.ending.code !== 0;
    return { json, text: "", exitCode: failed ? 3 : 0 };
  },
};

/** Where programs of the instruction set run that name no chip. */
function usualChip({ set }: SimulatedCore): string {
  return set === "arm" ? "mps2" : "testbench";
}

function optional(typed: Arguments, option: "entry" | "address"): number | undefined {
  const text = typed.values[option];
  return text === undefined ? undefined : readAddress(option, text);
}

/** `--memory ADDR:BYTES,...` adds RAM without wait states, or replaces the chip's where it overlaps. */
function withMemory(chip: Chip, text: string | undefined): Chip {
  if (text === undefined) return chip;
  const added = text.split(",").map((part, i): MemoryRegion => {
    const [address, bytes, ...rest] = part.split(":");
    if (address === undefined || bytes === undefined || rest.length > 0)
      throw new CompileError(`--memory ${part}: expected ADDR:BYTES, e.g. 0x80000000:8M`);
    return ram(`memory ${i + 1}`, readAddress("memory", address), readCount("memory", bytes));
  });
  const overlaps = (region: MemoryRegion): boolean =>
    added.some(
      ({ address, bytes }) => address < region.address + region.bytes && region.address < address + bytes,
    );
  return { ...chip, regions: [...chip.regions.filter((region) => !overlaps(region)), ...added] };
}

/** Sends what the program prints on to standard output, line by line. */
class ConsoleOutput {
  #bytes: number[] = [];
  write(byte: number): void {
    this.#bytes.push(byte);
    if (byte === 10) this.flush();
  }
  flush(): void {
    if (this.#bytes.length > 0) process.stdout.write(Uint8Array.from(this.#bytes));
    this.#bytes = [];
  }
}
