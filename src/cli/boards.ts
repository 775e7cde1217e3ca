import { prepare, type Prepared } from "../compile.ts";
import type { Core } from "../core/core.ts";
import { errorWords } from "../core/error-bar.ts";
import type { Estimated, NoEstimate } from "../core/estimate.ts";
import type { FramePolicy, Strategy } from "../plan/plan.ts";
import type { Chip } from "../simulate/chip/chip.ts";
import type { Path } from "../simulate/path.ts";
import { choose } from "./arguments.ts";
import { estimateWaits, type EstimatedWaits, type NoWaits } from "../wait/waits.ts";
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
    `less ${otherCodeBytes} B for what is not a kernel. Code and constants are in flash, and what a core waits for it is counted in.`,
  ],
  run(typed) {
    const { values } = typed;
    const dtype = choose("dtype", values.dtype, ["int8", "f32"], "int8");
    const frame: FramePolicy = choose("frame", values.frame, ["resident", "pushed"], "pushed");
    const file = readModelFile(oneFile(typed, "boards"), typed);
    const prepared = prepare(file.graph, dtype, file.calibration, readQuantising(typed));
    const strategy: Strategy = "stream";
    const facts = fitBoards(prepared, { strategy, frame }).map((fit) => boardFacts(fit, dtype));
    const json = { model: file.path, name: file.graph.name, dtype, plan: strategy, frame, boards: facts };
    return Promise.resolve({ json, text: describeBoards(facts) });
  },
};

function boardFacts({ chip, core, ramBytes, flashBytes, engine, why }: BoardFit, dtype: Dtype) {
  const clockHz = chip.clockHz!;
  const latency = engine && (core ? latencyOf(engine, dtype, chip, core) : noLatency(engine.estimate));
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
    engine: engine && latency && engineFacts(engine, latency, clockHz, ramBytes, flashBytes),
  };
}

function engineFacts(
  { how, ramBytes, flashBytes, codeBytes, estimate }: BoardEngine,
  latency: Latency,
  clockHz: number,
  ram: number,
  flash: number,
) {
  return {
    how,
    ramBytes,
    ramLeftBytes: ram - ramBytes,
    flashBytes,
    flashLeftBytes: flash - flashBytes,
    ...(codeBytes !== undefined && { codeBytes }),
    estimate,
    latency,
    ...(latency.kind === "estimated" && { seconds: latency.cycles / clockHz }),
  };
}

type Dtype = Prepared["dtype"];

/** One inference on the chip, with what it waits for flash. */
type Latency =
  | {
      readonly kind: "estimated";
      readonly cycles: number;
      readonly waits: EstimatedWaits;
      /** Of the core's estimate and of the waits together. */
      readonly withinPercent: number;
    }
  | { readonly kind: "none"; readonly why: string };

function latencyOf({ estimate, compiled }: BoardEngine, dtype: Dtype, chip: Chip, core: Core): Latency {
  if (estimate.kind === "none") return noLatency(estimate);
  const waits = estimateWaits(compiled.program, dtype, chip, core);
  if (waits.kind === "none") return noLatency(waits);
  const cycles = estimate.cycles + waits.code + waits.constants;
  const withinPercent = estimate.error.withinPercent + (waits.error?.worstPercent ?? 0);
  return { kind: "estimated", cycles, waits, withinPercent: Number(withinPercent.toFixed(1)) };
}

const noLatency = (none: NoEstimate | NoWaits | Estimated): Latency => ({
  kind: "none",
  why: none.kind === "none" ? none.why : "its core has no prices",
});

type BoardFacts = ReturnType<typeof boardFacts>;

/** What of the chip's memory makes a core wait. */
function waitWords({ regions }: Chip): string {
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
  return [
    `fits ${fitting} of ${all.length} pairs of chip and core`,
    "",
    table([
      ["chip", "core", "MHz", "ms (estimated)", "", "waiting", "RAM B", "left", "flash B", "left"],
      ...all.map(boardRow),
    ]),
    ...all.flatMap(({ name, why }) => (why === undefined ? [] : [`${name}: does not fit: ${why}`])),
    ...all.flatMap(({ name, core, engine }) =>
      engine?.latency.kind === "none" ? [`${name}, ${core}: no figure: ${engine.latency.why}`] : [],
    ),
    ...describeErrors(all),
    "",
    "What each chip's memories make a core wait:",
    ...[...new Map(all.map(({ name, waits }) => [name, waits]))].map(
      ([name, waits]) => `  ${name}: ${waits}`,
    ),
  ].join("\n");
}

/** How far off the figures may be, and why: of each chip, and of each core. */
function describeErrors(all: readonly BoardFacts[]): string[] {
  const estimated = all.flatMap(({ name, core, engine }) =>
    engine?.latency.kind === "estimated" && engine.estimate.kind === "estimated"
      ? [{ name, core, estimate: engine.estimate, waits: engine.latency.waits }]
      : [],
  );
  if (estimated.length === 0) return [];
  const cores = new Map(estimated.map(({ core, estimate }) => [core, estimate]));
  return [
    "",
    "± is what nine in ten estimates of the core were within, and the most that waits put engines off on the chip:",
    ...estimated.map(({ name, core, waits: { error } }) =>
      error
        ? `  ${name}, ${core}: waits estimated; off by at most ${error.worstPercent} % on ${error.over}`
        : `  ${name}, ${core}: nothing waits`,
    ),
    ...[...cores.values()].map(noteOf),
  ];
}

const noteOf = ({ core, compiler, error }: Estimated): string =>
  `  ${core}: ${compiler}; ${errorWords(error)}`;

function boardRow({ name, core, clockHz, engine }: BoardFacts): string[] {
  const head = [name, core, String(clockHz / 1e6)];
  if (!engine) return [...head, "does not fit", "", "", "", "", "", ""];
  const { latency, seconds } = engine;
  const sizes = [engine.ramBytes, engine.ramLeftBytes, engine.flashBytes, engine.flashLeftBytes];
  if (latency.kind === "none") return [...head, "no figure", "", "", ...sizes.map(grouped)];
  const { cycles, waits, withinPercent } = latency;
  const waiting = (100 * (waits.code + waits.constants)) / cycles;
  return [
    ...head,
    (1e3 * seconds!).toFixed(2),
    `±${withinPercent} %`,
    `${waiting.toFixed(0)} %`,
    ...sizes.map(grouped),
  ];
}
