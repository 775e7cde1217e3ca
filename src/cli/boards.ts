import { prepare } from "../compile.ts";
import { errorWords } from "../core/error-bar.ts";
import type { Estimated } from "../core/estimate.ts";
import type { FramePolicy, Strategy } from "../plan/plan.ts";
import type { Path } from "../simulate/path.ts";
import { choose } from "./arguments.ts";
import { fitBoards, otherCodeBytes, stackBytes, type BoardEngine, type BoardFit } from "./board-fit.ts";
import { oneFile } from "./choices.ts";
import type { Command } from "./command.ts";
import { readModelFile } from "./model-file.ts";
import { quantisingOptions, readQuantising } from "./quantising.ts";
import { grouped, table } from "./table.ts";

/** `pingpool boards`: on which chips a model fits, how fast it is there, with what room left, and why not. */
export const boardsCommand: Command = {
  name: "boards",
  summary: "say on which chips the model fits, at what latency, with what room left",
  usage: "pingpool boards MODEL.pt [--dtype int8|f32] [--frame resident|pushed]",
  options: ["input", "arch", "dtype", "frame", ...quantisingOptions, "name"],
  notes: [
    "",
    `Each chip gets the engine that is fastest on its core within its RAM, less ${stackBytes} B of stack, and its flash,`,
    `less ${otherCodeBytes} B for what is not a kernel. Cycles are estimated without wait states: a chip's own are named.`,
  ],
  run(typed) {
    const { values } = typed;
    const dtype = choose("dtype", values.dtype, ["int8", "f32"], "int8");
    const frame: FramePolicy = choose("frame", values.frame, ["resident", "pushed"], "pushed");
    const file = readModelFile(oneFile(typed, "boards"), typed);
    const prepared = prepare(file.graph, dtype, file.calibration, readQuantising(typed));
    const strategy: Strategy = "stream";
    const facts = fitBoards(prepared, { strategy, frame }).map(boardFacts);
    const json = { model: file.path, name: file.graph.name, dtype, plan: strategy, frame, boards: facts };
    return Promise.resolve({ json, text: describeBoards(facts) });
  },
};

function boardFacts({ chip, core, ramBytes, flashBytes, engine, why }: BoardFit) {
  const clockHz = chip.clockHz!;
  return {
    chip: chip.id,
    name: chip.name,
    core: core?.id ?? chip.cores?.[0] ?? "",
    clockHz,
    ramBytes,
    flashBytes,
    waits: waitWords(chip),
    source: chip.source,
    fits: engine !== undefined,
    why: engine ? undefined : why,
    engine: engine && engineFacts(engine, clockHz, ramBytes, flashBytes),
  };
}

function engineFacts(engine: BoardEngine, clockHz: number, ramBytes: number, flashBytes: number) {
  const { estimate, how, codeBytes } = engine;
  return {
    how,
    ramBytes: engine.ramBytes,
    ramLeftBytes: ramBytes - engine.ramBytes,
    flashBytes: engine.flashBytes,
    flashLeftBytes: flashBytes - engine.flashBytes,
    ...(codeBytes !== undefined && { codeBytes }),
    estimate,
    ...(estimate.kind === "estimated" && { seconds: estimate.cycles / clockHz }),
  };
}

type BoardFacts = ReturnType<typeof boardFacts>;

/** What of the chip's memory is slower than estimates take it to be. */
function waitWords({ regions }: BoardFit["chip"]): string {
  const waiting = regions.flatMap(({ name, fetch, load, fetchWaits, loadWaits }) => {
    const paths = [fetch && `code: ${pathWords(fetch)}`, load && `constants: ${pathWords(load)}`];
    const fixed = fetchWaits + loadWaits > 0 ? [`${Math.max(fetchWaits, loadWaits)} cycles an access`] : [];
    const words = [...paths.filter((text) => text !== undefined), ...fixed];
    return words.length === 0 ? [] : [`${name} (${words.join(", ")})`];
  });
  return waiting.length === 0 ? "none" : waiting.join("; ");
}

const pathWords = ({ memory, cache }: Path): string =>
  `${memory.waits} cycles for ${memory.width} B${cache ? ` behind ${cache.bytes} B of cache` : ", no cache"}`;

function describeBoards(all: readonly BoardFacts[]): string {
  const fitting = all.filter(({ fits }) => fits).length;
  const notes = new Map(
    all.flatMap(({ engine }) =>
      engine?.estimate.kind === "estimated" ? [[engine.estimate.core, engine.estimate] as const] : [],
    ),
  );
  return [
    `fits ${fitting} of ${all.length} pairs of chip and core`,
    "",
    table([
      ["chip", "core", "MHz", "ms (estimated)", "", "RAM B", "left", "flash B", "left"],
      ...all.map(boardRow),
    ]),
    ...all.flatMap(({ name, why }) => (why === undefined ? [] : [`${name}: does not fit: ${why}`])),
    ...all.flatMap(({ name, engine }) =>
      engine?.estimate.kind === "none" ? [`${name}: no estimate: ${engine.estimate.why}`] : [],
    ),
    "",
    "Wait states are not in these figures; where there are some, a chip is slower:",
    ...all.map(({ name, waits }) => `  ${name}: ${waits}`),
    ...[...notes.values()].map(noteOf),
  ].join("\n");
}

const noteOf = ({ core, compiler, error }: Estimated): string => `${core}: ${compiler}; ${errorWords(error)}`;

function boardRow({ name, core, clockHz, engine }: BoardFacts): string[] {
  const head = [name, core, String(clockHz / 1e6)];
  if (!engine) return [...head, "does not fit", "", "", "", "", ""];
  const { estimate, seconds } = engine;
  const time =
    estimate.kind === "estimated"
      ? [(1e3 * seconds!).toFixed(2), `±${estimate.error.withinPercent} %`]
      : ["no estimate", ""];
  const sizes = [engine.ramBytes, engine.ramLeftBytes, engine.flashBytes, engine.flashLeftBytes];
  return [...head, ...time, ...sizes.map(grouped)];
}
