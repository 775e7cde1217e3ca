/** What `pingpool simulate` says about a run, as text and as JSON. */
import type { Analysis } from "../simulate/analyse.ts";
import { totalOf } from "../simulate/analyse.ts";
import type { Chip } from "../simulate/chip/chip.ts";
import type { SimulatedCore } from "../simulate/core/core.ts";
import { foldedCalls } from "../simulate/call-paths.ts";
import { hex } from "../simulate/hex.ts";
import type { Cycles, Simulation } from "../simulate/simulation.ts";
import { reasons, reasonWords } from "../simulate/simulation.ts";
import { endingWords, percentOf, stallWords } from "../simulate/words.ts";
import { accuraciesOf, accuracySentences } from "../truth/sets.ts";
import { grouped, table } from "./table.ts";

export interface SimulationFacts {
  readonly core: SimulatedCore;
  readonly chip: Chip;
  readonly simulation: Simulation;
  readonly analysis: Analysis | undefined;
  /** Of the run alone. */
  readonly hostSeconds: number;
}

const mostRows = 12;

export function simulationJson({ core, chip, simulation, analysis }: SimulationFacts) {
  const { ending, instructions, timing } = simulation;
  return {
    core: core.id,
    chip: chip.id,
    how: "simulated",
    accuracy: accuraciesOf(core.id),
    ending,
    console: new TextDecoder().decode(simulation.console),
    instructions,
    ...(timing && analysis
      ? {
          cycles: timing.cycles,
          ...(chip.clockHz !== undefined && { clockHz: chip.clockHz, seconds: timing.cycles / chip.clockHz }),
          cyclesByReason: analysis.cycles,
          functions: analysis.functions,
          layers: analysis.regions,
          loops: analysis.loops,
          mix: analysis.mix,
          calls: analysis.calls,
        }
      : {}),
  };
}

export function describeSimulation({
  core,
  chip,
  simulation,
  analysis,
  hostSeconds,
}: SimulationFacts): string {
  const { instructions, timing, ending } = simulation;
  const speed = `${(instructions / 1e6 / Math.max(hostSeconds, 1e-3)).toFixed(0)} million instructions a second here`;
  const head = `${core.name} on ${chip.name}: ${endingWords(ending)}`;
  if (!timing || !analysis) return `${head}\n${grouped(instructions)} instructions (untimed), ${speed}`;
  const each = (timing.cycles / Math.max(instructions, 1)).toFixed(3);
  return [
    head,
    `${grouped(timing.cycles)} cycles (simulated) for ${grouped(instructions)} instructions, ${each} each${timeWords(timing.cycles, chip)}; ${speed}`,
    ...accuracySentences(core.id).map((sentence) => `how right: ${sentence}`),
    "",
    "where cycles went:",
    ...reasonLines(analysis.cycles),
    "",
    functionTable(analysis, timing.cycles),
    ...(analysis.regions.length > 0 ? ["", regionTable(analysis, timing.cycles)] : []),
    ...(analysis.loops.length > 0 ? ["", loopTable(analysis, timing.cycles)] : []),
    "",
    mixLine(analysis, instructions),
    ...foldedLines(analysis),
  ].join("\n");
}

function timeWords(cycles: number, { clockHz }: Chip): string {
  if (clockHz === undefined) return "";
  return `, ${((1000 * cycles) / clockHz).toFixed(3)} ms at ${clockHz / 1e6} MHz`;
}

function reasonLines(cycles: Cycles): string[] {
  const whole = totalOf(cycles);
  return reasons
    .filter((reason) => cycles[reason] > 0)
    .map(
      (reason) =>
        `  ${percentOf(cycles[reason], whole).padStart(7)} ${grouped(cycles[reason]).padStart(14)}  ${reasonWords[reason]}`,
    );
}

function functionTable({ functions }: Analysis, cycles: number): string {
  const rows = functions
    .slice(0, mostRows)
    .map((one) => [
      one.name,
      grouped(one.calls),
      grouped(one.totalCycles),
      percentOf(one.totalCycles, cycles),
      grouped(one.ownCycles),
      percentOf(one.ownCycles, cycles),
      stallWords(one.cycles),
    ]);
  return table([["function", "calls", "with callees", "", "own cycles", "", "stalls"], ...rows]);
}

function regionTable({ regions }: Analysis, cycles: number): string {
  const rows = regions.map(({ region, name, entered, cycles: own, instructions }) => [
    `${region} (${name})`,
    grouped(entered),
    grouped(own),
    percentOf(own, cycles),
    grouped(instructions),
  ]);
  return table([["layer", "times", "cycles", "", "instructions"], ...rows]);
}

function loopTable({ loops }: Analysis, cycles: number): string {
  const rows = loops
    .slice(0, mostRows)
    .map((loop) => [
      loop.name,
      `${hex(loop.from)}-${hex(loop.to)}`,
      grouped(loop.turns),
      loop.turns === 0 ? "" : (loop.ownCycles / loop.turns).toFixed(2),
      grouped(loop.ownCycles),
      percentOf(loop.ownCycles, cycles),
      stallWords(loop.cycles),
    ]);
  return table([
    ["hottest loops", "addresses", "turns", "cycles a turn", "own cycles", "", "stalls"],
    ...rows,
  ]);
}

function mixLine({ mix }: Analysis, instructions: number): string {
  const parts = Object.entries(mix)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${kind} ${percentOf(count, instructions)}`);
  return `instructions: ${parts.join(", ")}`;
}

function foldedLines({ calls }: Analysis): string[] {
  const folded = foldedCalls(calls);
  return folded === 0 ? [] : [`${grouped(folded)} calls were too deep to be kept apart: their callers' own`];
}
