import { workOf } from "../backend/count.ts";
import { printC } from "../backend/c.ts";
import { shareKernels } from "../backend/c-shared.ts";
import { measureWords } from "../choose/choose.ts";
import { cores } from "../core/cores.ts";
import { estimate, type Estimate } from "../core/estimate.ts";
import { errorWords } from "../core/error-bar.ts";
import type { Core } from "../core/core.ts";
import type { Program } from "../loop/program.ts";
import { chooseEngine, constantBytes, engineOptions, type CoreChoice, type Engine } from "./choices.ts";
import type { Command } from "./command.ts";
import { sampleOf } from "../bench/sample.ts";
import { grouped, table } from "./table.ts";
import { toolVersion } from "./version.ts";
import { writeFiles } from "./write-files.ts";

/** `pingpool compile`: the C engine, its sizes to the byte and a cycle estimate per core. */
export const compileCommand: Command = {
  name: "compile",
  summary: "write the C99 engine: NAME.h, NAME.c, NAME_weights.c, NAME_selftest.c",
  usage:
    "pingpool compile MODEL.pt [--out FOLDER] [--plan NAME] [--frame resident|pushed] [--dtype int8|f32]",
  options: [...engineOptions, "out"],
  notes: [],
  run(typed, commandLine) {
    const engine = chooseEngine(typed, "compile");
    const { name } = engine.compiled.graph;
    const folder = typed.values.out ?? `${name}-engine`;
    const { files } = printEngine(engine, commandLine);
    writeFiles(folder, files);
    const facts = engineFacts(engine, folder, Object.keys(files));
    return Promise.resolve({ json: facts, text: describeEngine(facts) });
  },
};

/** The engine's C files, with a self-test of one calibration sample. */
export function printEngine(
  { file, compiled, strategy, frame, recipes }: Engine,
  commandLine: string,
): { readonly files: Readonly<Record<string, string>> } {
  return printC(compiled.program, {
    toolVersion: toolVersion(),
    commandLine,
    modelSha256: file.sha256,
    plan: `${strategy}, frame ${frame}`,
    schedule: recipes.name,
    sample: sampleOf(compiled.graph, file.calibration[0]!),
  });
}

function engineFacts(engine: Engine, folder: string, files: readonly string[]) {
  const { compiled, prepared, file } = engine;
  const work = workOf(compiled.program);
  return {
    model: file.path,
    name: compiled.graph.name,
    folder,
    files,
    dtype: prepared.dtype,
    plan: engine.strategy,
    frame: engine.frame,
    schedule: engine.recipes.name,
    arenaBytes: compiled.plan.arenaBytes,
    floorBytes: compiled.plan.floorBytes,
    frameBytes: compiled.plan.frameBytes,
    constantBytes: constantBytes(compiled),
    ...(engine.choice && { chosen: chosenFacts(engine.choice) }),
    weightsInRam: engine.inRam,
    estimates: cores.map((core) => estimateFacts(estimate(work, core), core)),
    notes: [...file.notes, ...sharingNotes(compiled.program)],
  };
}

function sharingNotes(program: Program): readonly string[] {
  const alone = shareKernels({ ...program, sharesCounts: false });
  const more = shareKernels(program).served.size - alone.served.size;
  if (more <= 0) return [];
  return [
    `to fit the flash budget, ${more} layers of other sizes share a function; estimates do not see its cost`,
  ];
}

/** What was chosen for each layer, what it costs there, and what another kilobyte would save. */
function chosenFacts({ layers, cycles, measure, codeBytes, nextKilobyte, core }: CoreChoice) {
  return {
    cycles,
    measure: measureWords(measure, core),
    codeBytes,
    nextKilobyteSaves: nextKilobyte,
    layers: layers.map(({ node, chosen, options }) => ({
      layer: node,
      recipe: chosen.recipe.name,
      cycles: chosen.cycles,
      constantBytes: chosen.constantBytes,
      scratchBytes: chosen.recipe.scratchBytes,
      ways: options.map((o) => ({
        recipe: o.recipe.name,
        cycles: o.cycles,
        constantBytes: o.constantBytes,
        scratchBytes: o.recipe.scratchBytes,
      })),
    })),
  };
}

function describeChoice({
  layers,
  cycles,
  measure,
  nextKilobyteSaves,
}: ReturnType<typeof chosenFacts>): string {
  const saving = (where: string, saved: number): string =>
    saved > 0 ? `; 1,024 B more ${where} would save ${grouped(saved)}` : "";
  return [
    table([
      ["layer", "chosen", "cycles", "constants B", "scratch B"],
      ...layers.map((layer) => [
        layer.layer,
        layer.recipe,
        grouped(layer.cycles),
        grouped(layer.constantBytes),
        grouped(layer.scratchBytes),
      ]),
    ]),
    `all layers: ${grouped(cycles)} ${measure}${saving("flash", nextKilobyteSaves.flash)}${saving("RAM", nextKilobyteSaves.ram)}`,
    "",
  ].join("\n");
}

function describeInRam(layers: ReturnType<typeof engineFacts>["weightsInRam"]): readonly string[] {
  return layers.map(({ node, copiedBytes, savedCycles }) => {
    const saving = savedCycles === undefined ? "" : `, saves ${grouped(savedCycles)} cycles at prices`;
    return `       ${node}: ${grouped(copiedBytes)} B of constants copied to the arena before each inference${saving}`;
  });
}

function codeWords(chosen: ReturnType<typeof chosenFacts> | undefined): string {
  return chosen && chosen.codeBytes > 0
    ? `, about ${grouped(chosen.codeBytes)} B of its kernels' code (estimated, fitted)`
    : ", plus code";
}

function describeEngine(facts: ReturnType<typeof engineFacts>): string {
  const outside = facts.frameBytes.outside;
  return [
    `${facts.folder}/: ${facts.files.join(", ")}`,
    `RAM    ${grouped(facts.arenaBytes)} B arena (counted)${outside ? `, plus ${grouped(outside)} B if the caller holds a whole frame` : ""}`,
    `flash  ${grouped(facts.constantBytes)} B of constants (counted)${codeWords(facts.chosen)}`,
    ...describeInRam(facts.weightsInRam),
    "",
    ...(facts.chosen ? [describeChoice(facts.chosen)] : []),
    describeEstimates(facts.estimates),
    ...facts.notes.map((note) => `note: ${note}`),
  ].join("\n");
}

/** With the time at the part's clock, or why there is none. */
function estimateFacts(found: Estimate, { name, part, clockHz }: Core) {
  return {
    name,
    part,
    ...found,
    ...(found.kind === "estimated" && { clockHz, seconds: found.cycles / clockHz }),
  };
}

/** A line a core, then what is known of how far off they are. */
function describeEstimates(all: readonly ReturnType<typeof estimateFacts>[]): string {
  const rows = all.map((one) =>
    one.kind === "none"
      ? [one.name, "-", "", "", `no estimate: ${one.why}`]
      : [
          one.name,
          grouped(one.cycles),
          `±${one.error.withinPercent} %`,
          (one.seconds! * 1e3).toFixed(2),
          one.part,
        ],
  );
  const notes = all.flatMap((one) =>
    one.kind === "none" ? [] : [`${one.name}: ${one.compiler}; ${errorWords(one.error)}`],
  );
  return [
    table([["core (estimated)", "cycles", "", "ms", "part"], ...rows]),
    ...(notes.length > 0
      ? ["± is what nine in ten engines were within; memory without wait states", ...notes]
      : []),
  ].join("\n");
}
