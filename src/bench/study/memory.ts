/** RAM of every strategy, float and int8, frame resident and pushed; and the maps of the plans worth looking at. */
import type { Compiled, Prepared } from "../../compile.ts";
import { CompileError } from "../../error.ts";
import { describe } from "../../graph/describe.ts";
import type { Graph } from "../../graph/graph.ts";
import { schedules } from "../../lower/schedule.ts";
import { scheduled } from "../../lower/scheduled.ts";
import type { Measurement } from "../../measurement.ts";
import { lives } from "../../plan/lives.ts";
import type { Event, FramePolicy, Plan, Strategy } from "../../plan/plan.ts";
import { placedWords } from "../../plan/placed.ts";
import { strategies } from "../../plan/strategy.ts";
import type { MapReport, VariantReport } from "../../report/data.ts";
import type { Workpiece, Workshop } from "./workshop.ts";

type Step = Extract<Event, { kind: "step" }>;

/** One planned variant, its report row, and the map of its memory. */
export interface PlannedVariant {
  readonly id: string;
  readonly piece: Workpiece;
  readonly report: VariantReport;
}

/** Every strategy that applies; those that refuse the network are named in `refused` with their reason. */
export function planAll(
  dtype: Prepared["dtype"],
  shop: Workshop,
): { planned: PlannedVariant[]; refused: string[] } {
  const refused = new Set<string>();
  const planned = (Object.keys(strategies) as Strategy[]).flatMap((strategy) =>
    (["resident", "pushed"] as const).flatMap((frame) => {
      try {
        return [planOne(dtype, shop, strategy, frame)];
      } catch (error) {
        if (!(error instanceof CompileError)) throw error;
        refused.add(`${strategy}: ${error.message}`);
        return [];
      }
    }),
  );
  return { planned, refused: [...refused] };
}

export const variantId = (dtype: "f32" | "int8", strategy: Strategy, frame: FramePolicy): string =>
  `${dtype}-${strategy}-${frame}`;

function planOne(
  dtype: Prepared["dtype"],
  shop: Workshop,
  strategy: Strategy,
  frame: FramePolicy,
): PlannedVariant {
  const { fusePool, what } = strategies[strategy];
  const piece = shop({ strategy, frame, fusePool, recipes: scheduled(schedules.blocked) });
  const id = variantId(dtype, strategy, frame);
  const report: VariantReport = {
    id,
    title: titles[strategy],
    dtype,
    frame,
    what,
    measurements: memoryMeasurements(id, piece.compiled),
  };
  return { id, piece, report };
}

const titles: Record<Strategy, string> = {
  naive: "naive",
  "fused-pool": "fused pooling",
  "ping-pong": "ping-pong",
  paper: "paper: fused pooling + ping-pong",
  "best-fit": "best fit by lifetime",
  overlap: "overlapping rows",
  stream: "streamed rows",
};

/** arenaBytes, floorBytes, scratchBytes and the frame outside the arena: counted from the plan. */
export function memoryMeasurements(variant: string, { graph, plan }: Compiled): Measurement[] {
  const counted = (metric: Measurement["metric"], value: number, source: string): Measurement => ({
    metric,
    value,
    how: "counted",
    variant,
    source,
  });
  const scratch = [...plan.scratch.values()].reduce((most, { bytes }) => Math.max(most, bytes), 0);
  return [
    counted("arenaBytes", plan.arenaBytes, `placed ${placedWords(plan)}; proven by replay`),
    counted(
      "floorBytes",
      plan.floorBytes,
      `most live bytes at any event: ${eventLabel(graph, plan, plan.floorEvent)}`,
    ),
    counted("scratchBytes", scratch, "largest working memory of one layer, inside the arena"),
    counted(
      "frameBytes",
      plan.frameBytes.outside,
      "input frame held outside the arena, if the caller holds one",
    ),
  ];
}

/** Names for people: a layer by its path and kind, a tensor by the layer that writes it. */
function layerName(graph: Graph, name: string): string {
  const node = graph.nodes.find((each) => each.name === name || each.output === name);
  return node ? `${node.name} ${describe(node, graph.tensors.get(node.output)).split(" + ")[0]!}` : name;
}

/** An event in words: `row 3 of 0 Conv2d 5×5`, `rows 6 to 7 of 0 Conv2d 5×5`. */
export function eventLabel(graph: Graph, plan: Plan, index: number): string {
  const event = plan.events[index]!;
  switch (event.kind) {
    case "input":
      return `row ${event.row} of ${event.tensor} arrives`;
    case "step":
      return `${rowsOfStep(graph, plan, event)} of ${layerName(graph, event.node)}`;
    case "output":
      return `the result of ${layerName(graph, event.tensor)} is handed out`;
  }
}

/** Of an accumulating node the row it takes, of any other the rows it leaves. */
function rowsOfStep(graph: Graph, plan: Plan, { node, step }: Step): string {
  const rows = plan.rowsPerStep.get(node) ?? 1;
  if (rows === 1 || plan.accumulators.has(node)) return `row ${step}`;
  const { output } = graph.nodes.find(({ name }) => name === node)!;
  const last = Math.min((step + 1) * rows, graph.tensors.get(output)!.shape.h) - 1;
  return last === step * rows ? `row ${last}` : `rows ${step * rows} to ${last}`;
}

export function mapOf({ id, report, piece }: PlannedVariant): MapReport {
  const { graph, plan } = piece.compiled;
  return {
    variant: id,
    title: `${report.title}, ${report.dtype}, frame ${report.frame}`,
    arenaBytes: plan.arenaBytes,
    floorBytes: plan.floorBytes,
    floorEvent: plan.floorEvent,
    events: plan.events.map((_, index) => eventLabel(graph, plan, index)),
    lives: lives(graph, plan).map((life) => ({ ...life, owner: layerName(graph, life.owner) })),
  };
}
