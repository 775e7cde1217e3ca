/** RAM, flash and cycles against each other on one core: the chooser under one budget after another. */
import { openChooser, type Choice } from "../../choose/choose.ts";
import { CompileError } from "../../error.ts";
import type { Core } from "../../core/core.ts";
import type { Graph } from "../../graph/graph.ts";
import type { TradeOffLine, TradeOffReport } from "../../report/data.ts";

/** Constants allowed, as multiples of the least there are. */
const flashFactors = [1.05, 1.5, 2] as const;
const stepsOfRam = 6;

export function tradeOff(graph: Graph, core: Core): TradeOffReport {
  const choose = openChooser(graph, core, { strategy: "stream", frame: "pushed" });
  const free = choose();
  const leastRam = leastBytes(0, free.plan.arenaBytes, (ramBytes) => choose({ ramBytes }));
  const leastFlash = leastBytes(0, free.constantBytes, (flashBytes) => choose({ flashBytes }));
  const flashes = [...flashFactors.map((factor) => Math.floor(factor * leastFlash)), free.constantBytes];
  const budgets = [...new Set(flashes)].filter((bytes) => bytes <= free.constantBytes);
  return {
    core: core.id,
    lines: budgets.map((flashBytes): TradeOffLine => {
      const most = choose({ flashBytes }).plan.arenaBytes;
      const rams = Array.from({ length: stepsOfRam }, (_, i) =>
        Math.round(leastRam + ((most - leastRam) * i) / (stepsOfRam - 1)),
      );
      const points = rams.flatMap((ramBytes) => attempt(() => choose({ flashBytes, ramBytes })));
      return { flashBytes, points: points.filter((p) => !points.some((other) => beats(other, p))) };
    }),
  };
}

type Point = TradeOffLine["points"][number];

/** At least as good in both, and better in one. */
function beats(a: Point, b: Point): boolean {
  const better = a.arenaBytes < b.arenaBytes || a.cycles < b.cycles;
  return better && a.arenaBytes <= b.arenaBytes && a.cycles <= b.cycles;
}

/** The least budget of RAM or flash that something fits, found by halving. */
function leastBytes(low: number, high: number, choose: (bytes: number) => Choice): number {
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (attempt(() => choose(middle)).length > 0) high = middle;
    else low = middle;
  }
  return high;
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
