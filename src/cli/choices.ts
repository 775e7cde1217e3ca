import { compile, graphOf, lowerPlanned, prepare, type Compiled, type Prepared } from "../compile.ts";
import { CompileError } from "../error.ts";
import { nextKilobyte, openChooser, type Choice } from "../choose/choose.ts";
import type { Core } from "../core/core.ts";
import { cores } from "../core/cores.ts";
import type { Recipes } from "../lower/recipe.ts";
import { schedules } from "../lower/schedule.ts";
import { scheduled } from "../lower/scheduled.ts";
import type { FramePolicy, Strategy } from "../plan/plan.ts";
import { strategies } from "../plan/strategy.ts";
import { choose, readBytes, type Arguments, type OptionName } from "./arguments.ts";
import { readModelFile, type ModelFile } from "./model-file.ts";
import { quantisingOptions, readQuantising } from "./quantising.ts";
import { grouped } from "./table.ts";
import { withWeightsInRam, type Copied } from "./weights-in-ram.ts";

/** The options that say which engine is wanted; `chooseEngine` reads them. */
export const engineOptions: readonly OptionName[] = [
  "input",
  "arch",
  "dtype",
  "plan",
  "frame",
  "schedule",
  "core",
  "flash-budget",
  "ram-budget",
  "weights-in-ram",
  ...quantisingOptions,
  "name",
  "ram",
  "flash",
];

/** A model and the one engine of it that the command line asks for. */
export interface Engine {
  readonly file: ModelFile;
  readonly prepared: Prepared;
  readonly compiled: Compiled;
  readonly strategy: Strategy;
  readonly frame: FramePolicy;
  readonly recipes: Recipes;
  /** Of `--core`: what was chosen for each layer, and the cycles that another kilobyte would save. */
  readonly choice: CoreChoice | undefined;
  /** Of `--weights-in-ram`. */
  readonly inRam: readonly Copied[];
}

export interface CoreChoice extends Choice {
  readonly core: Core;
  readonly nextKilobyte: { readonly flash: number; readonly ram: number };
}

/** Reads the model and compiles it as the options say; refuses what the part has no room for. */
export function chooseEngine(typed: Arguments, command: string): Engine {
  const { values } = typed;
  const dtype = choose("dtype", values.dtype, ["int8", "f32"], "int8");
  const strategy = choose("plan", values.plan, Object.keys(strategies) as Strategy[], "stream");
  const frame = choose("frame", values.frame, ["resident", "pushed"], "resident");
  const budget = {
    ram: readBytes("ram", values.ram, 512 * 1024),
    flash: readBytes("flash", values.flash, 4 * 1024 * 1024),
  };
  const file = readModelFile(oneFile(typed, command), typed);
  const prepared = prepare(file.graph, dtype, file.calibration, readQuantising(typed));
  const engine = withWeightsInRam(typed, compileAsTyped(typed, prepared, strategy, frame), budget.ram);
  refuseTooLarge(engine.compiled, budget);
  return { file, prepared, strategy, frame, ...engine };
}

/** By a schedule, or as chosen for a core. */
function compileAsTyped(
  { values }: Arguments,
  prepared: Prepared,
  strategy: Strategy,
  frame: FramePolicy,
): Pick<Engine, "compiled" | "recipes" | "choice"> {
  const { fusePool } = strategies[strategy];
  const name = choose("schedule", values.schedule, Object.keys(schedules), "blocked");
  const recipes = scheduled(schedules[name as keyof typeof schedules]);
  const variant = { strategy, frame, fusePool, recipes };
  if (values.core === undefined) {
    const budgets = (["flash-budget", "ram-budget"] as const).filter(
      (option) => values[option] !== undefined,
    );
    if (budgets.length > 0) throw new CompileError(`--${budgets.join(", --")}: say for which --core`);
    return { compiled: compile(prepared, variant), recipes, choice: undefined };
  }
  if (values.schedule !== undefined)
    throw new CompileError("--core chooses how loops are written; leave --schedule out");
  const id = choose(
    "core",
    values.core,
    cores.map((core) => core.id),
    values.core as never,
  );
  const graph = graphOf(prepared, variant);
  const budget = {
    flashBytes: optionalBytes(values, "flash-budget"),
    ramBytes: optionalBytes(values, "ram-budget"),
  };
  const core = cores.find((one) => one.id === id)!;
  const chooser = openChooser(graph, core, { strategy, frame });
  const choice = { core, ...chooser(budget), nextKilobyte: nextKilobyte(chooser, budget) };
  const compiled = lowerPlanned({ graph, plan: choice.plan }, choice.recipes);
  return { compiled, recipes: choice.recipes, choice };
}

function optionalBytes(
  values: Arguments["values"],
  option: "flash-budget" | "ram-budget",
): number | undefined {
  const text = values[option];
  return text === undefined ? undefined : readBytes(option, text, 0);
}

/** The one file a command works on. */
export function oneFile(typed: Arguments, command: string): string {
  if (typed.files.length !== 1)
    throw new CompileError(
      `${command} takes one model file, got ${typed.files.length}: pingpool ${command} MODEL.pt`,
    );
  return typed.files[0]!;
}

/** Bytes of all constants: weights, biases, multipliers. */
export const constantBytes = ({ program }: Compiled): number =>
  program.constants.reduce((sum, { data }) => sum + data.byteLength, 0);

function refuseTooLarge(compiled: Compiled, budget: { ram: number; flash: number }): void {
  const problems: string[] = [];
  const { arenaBytes, strategy, frame } = compiled.plan;
  if (arenaBytes > budget.ram)
    problems.push(
      `needs ${grouped(arenaBytes)} bytes of RAM with plan ${strategy}, frame ${frame}, and the part has ${grouped(budget.ram)}: ` +
        "try --plan stream --frame pushed, a smaller --input or network, or raise --ram",
    );
  const flash = constantBytes(compiled);
  if (flash > budget.flash)
    problems.push(
      `needs ${grouped(flash)} bytes of flash for its weights and the part has ${grouped(budget.flash)}: ` +
        "use --dtype int8, a smaller network, or raise --flash",
    );
  if (problems.length > 0) throw new CompileError(problems);
}
