import type { Graph } from "../graph/graph.ts";
import { heldRows, lives } from "../plan/lives.ts";
import { placedWords } from "../plan/placed.ts";
import { eventLabel } from "../bench/study/memory.ts";
import type { Plan } from "../plan/plan.ts";
import { strategies } from "../plan/strategy.ts";
import { chooseEngine, engineOptions } from "./choices.ts";
import type { Command } from "./command.ts";
import { grouped, table } from "./table.ts";

/** `pingpool plan`: where every tensor lies, how much RAM that takes and how close to the floor it is. */
export const planCommand: Command = {
  name: "plan",
  summary: "print the RAM plan: arena, floor, and where every tensor lies",
  usage: "pingpool plan MODEL.pt [--plan NAME] [--frame resident|pushed] [--dtype int8|f32]",
  options: engineOptions,
  notes: [
    "",
    "plans:",
    ...Object.entries(strategies).map(([name, { what }]) => `  ${name.padEnd(11)} ${what}`),
  ],
  run(typed) {
    const { file, prepared, compiled, recipes } = chooseEngine(typed, "plan");
    const { graph, plan } = compiled;
    const json = {
      model: file.path,
      dtype: prepared.dtype,
      schedule: recipes.name,
      ...planFacts(graph, plan),
      notes: file.notes,
    };
    return Promise.resolve({ json, text: describePlan(json) });
  },
};

/** What `plan --json` prints of a plan. */
function planFacts(graph: Graph, plan: Plan) {
  const rows = lives(graph, plan);
  const held = heldRows(graph, plan);
  return {
    plan: plan.strategy,
    frame: plan.frame,
    arenaBytes: plan.arenaBytes,
    floorBytes: plan.floorBytes,
    gapBytes: plan.arenaBytes - plan.floorBytes,
    floorEvent: { index: plan.floorEvent, label: eventLabel(graph, plan, plan.floorEvent) },
    placement: plan.placement,
    optimal: plan.optimal,
    proven: plan.proven,
    frameBytes: plan.frameBytes,
    events: plan.events.length,
    tensors: [...plan.rings.values()].map((ring) => {
      const { shape, dtype } = graph.tensors.get(ring.tensor)!;
      const within = ring.part?.within;
      const own = rows.filter(({ kind, owner }) => kind === "row" && owner === (within ?? ring.tensor));
      return {
        name: ring.tensor,
        shape: [shape.h, shape.w, shape.c],
        dtype,
        rows: shape.h,
        ringRows: ring.rows,
        rowBytes: ring.rowBytes,
        bytes: within === undefined ? ring.rows * ring.pitch : 0,
        ...(within !== undefined && { within }),
        offset: ring.offset,
        pitch: ring.pitch,
        step: ring.step,
        phase: ring.phase,
        heldRows: held.get(ring.tensor)!,
        firstEvent: Math.min(...own.map(({ first }) => first)),
        lastEvent: Math.max(...own.map(({ last }) => last)),
      };
    }),
    scratch: [...plan.scratch.values()],
    accumulators: [...plan.accumulators.values()],
    resident: [...plan.resident.values()],
  };
}

/** Rings that turn together are as tall as the region they share. */
function keptRows({
  heldRows: held,
  rows,
  ringRows,
  within,
}: ReturnType<typeof planFacts>["tensors"][number]): string {
  if (within !== undefined) return `in ${within}`;
  return held < ringRows ? `${held} of ${rows}, turning in ${ringRows}` : `${held} of ${rows}`;
}

function describePlan(facts: ReturnType<typeof planFacts>): string {
  const { plan, frame, arenaBytes, floorBytes, gapBytes, floorEvent } = facts;
  const tensors = facts.tensors.map((tensor) => [
    tensor.name,
    tensor.shape.join("x"),
    tensor.dtype,
    keptRows(tensor),
    grouped(tensor.rowBytes),
    grouped(tensor.bytes),
    String(tensor.offset),
  ]);
  const sums = facts.accumulators.map(({ node, bytes, offset }) => [
    node,
    "",
    "sums",
    "",
    "",
    grouped(bytes),
    String(offset),
  ]);
  const where =
    facts.frameBytes.outside > 0 ? `, ${grouped(facts.frameBytes.outside)} B of frame outside it` : "";
  return [
    `plan ${plan}, frame ${frame}: arena ${grouped(arenaBytes)} B${where}`,
    `floor ${grouped(floorBytes)} B at event ${floorEvent.index} (${floorEvent.label}); gap ${grouped(gapBytes)} B`,
    `placed ${placedWords(facts)}; replay proved every row read intact`,
    "",
    table([["tensor", "shape", "type", "rows kept", "row bytes", "bytes", "offset"], ...tensors, ...sums]),
  ].join("\n");
}
