/** RAM, flash and cycles against each other on one core: the chooser under one budget after another. */
import { measureWords, openChooser, type Choice } from "../../choose/choose.ts";
import { CompileError } from "../../error.ts";
import type { Core } from "../../core/core.ts";
import type { Graph } from "../../graph/graph.ts";
import type { TradeOffLine, TradeOffReport } from "../../report/data.ts";

/** Constants allowed, as multiples of the least there are. */
const flashFactors = [1.05, 1.5] as const;
/** Limits of what layers take beyond a row, of all there are. */
const steps = 5;

export function tradeOff(graph: Graph, core: Core): TradeOffReport {
  const choose = openChooser(graph, core, { strategy: "stream", frame: "pushed" });
  const free = choose();
  const limits = stepsOf(free);
  const least = leastConstants(free);
  const flashes = [...flashFactors.map((factor) => Math.floor(factor * least)), free.constantBytes];
  const budgets = [...new Set(flashes)].filter((bytes) => bytes <= free.constantBytes);
  return {
    core: core.id,
    measure: measureWords(free.measure, core),
    lines: budgets.map((flashBytes): TradeOffLine => {
      const points = limits.flatMap((extraBytes) =>
        attempt(() => choose({ constantBytes: flashBytes, extraBytes })),
      );
      const best = points.filter((p) => !points.some((other) => beats(other, p)));
      const distinct = new Map(best.map((p) => [`${p.arenaBytes} ${p.cycles}`, p]));
      return { flashBytes, points: [...distinct.values()].sort((a, b) => a.arenaBytes - b.arenaBytes) };
    }),
  };
}

/** A few of the bytes that ways take beyond a row, from the least to the most. */
function stepsOf({ layers }: Choice): readonly number[] {
  const all = new Set(layers.flatMap(({ options }) => options.map(({ extraBytes }) => extraBytes)));
  const sorted = [...all].sort((a, b) => a - b);
  const last = sorted.length - 1;
  return [...new Set(Array.from({ length: steps }, (_, i) => sorted[Math.round((last * i) / (steps - 1))]!))];
}

const leastConstants = ({ layers }: Choice): number =>
  layers.reduce((sum, { options }) => sum + Math.min(...options.map((o) => o.constantBytes)), 0);

type Point = TradeOffLine["points"][number];

/** At least as good in both, and better in one. */
function beats(a: Point, b: Point): boolean {
  const better = a.arenaBytes < b.arenaBytes || a.cycles < b.cycles;
  return better && a.arenaBytes <= b.arenaBytes && a.cycles <= b.cycles;
}

function attempt(choose: () => Choice): TradeOffLine["points"] {
  try {
    const { plan, constantBytes, cycles } = choose();
    return [{ arenaBytes: plan.arenaBytes, constantBytes, cycles }];
  } catch (error) {
    if (error instanceof CompileError) return [];
    throw error;
  }
}
