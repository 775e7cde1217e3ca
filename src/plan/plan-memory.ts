/** The planner: an order of events, ring heights and offsets for a graph, proven by replay before it is returned. */
import type { Graph } from "../graph/graph.ts";
import { draftOf, frameBytes, placeApart, placeInTurn, type Draft } from "./draft.ts";
import { flowOf, type Flow } from "./flow.ts";
import { layerByLayer, type Staging } from "./order.ts";
import { assertChain } from "./ping-pong.ts";
import { place, type Effort, type Placement } from "./place/place.ts";
import type { FramePolicy, Plan, Strategy } from "./plan.ts";
import { replay } from "./replay.ts";
import { chooseStaging } from "./stages.ts";
import { strategies } from "./strategy.ts";

export interface PlanOptions {
  readonly strategy: Strategy;
  readonly frame: FramePolicy;
  /** Bytes of working memory by node, needed while one of its steps runs. */
  readonly scratch?: ReadonlyMap<string, number>;
  /** A power of two every offset is a multiple of; 1 unless given. Float tensors lie at multiples of 4 in any case. */
  readonly alignment?: number;
}

/** Nodes of the exact placement search for the plan returned, and for each of the stagings it is chosen from. */
const finalEffort: Effort = 20_000;
const trialEffort: Effort = 200;

/**
 * Plans a graph by a named strategy. The graph must have been through the passes the strategy asks for
 * (`strategies[strategy].fusePool`). Throws a `CompileError` if the strategy does not apply to it.
 */
export function planMemory(graph: Graph, options: PlanOptions): Plan {
  const flow = flowOf(graph, options.scratch);
  if (strategies[options.strategy].placement === "in turn") assertChain(flow);
  const sketch = (staging: Staging, effort: Effort): Sketch => sketchOf(flow, options, staging, effort);
  const plan = planOf(flow, options, bestSketch(flow, options, sketch));
  replay(graph, plan);
  return plan;
}

/** An order and its offsets. */
interface Sketch {
  readonly draft: Draft;
  readonly placement: Placement;
}

/** Layer by layer is one staging of many: a strategy that may choose keeps it where its offsets turn out smaller. */
function bestSketch(
  flow: Flow,
  options: PlanOptions,
  sketch: (staging: Staging, effort: Effort) => Sketch,
): Sketch {
  const layers = sketch(layerByLayer(flow), finalEffort);
  if (strategies[options.strategy].order === "layers") return layers;
  const staging = chooseStaging(flow, options.frame, (trial) => sketch(trial, trialEffort).placement.bytes);
  const stages = sketch(staging, finalEffort);
  return layers.placement.bytes < stages.placement.bytes ? layers : stages;
}

function sketchOf(flow: Flow, options: PlanOptions, staging: Staging, effort: Effort): Sketch {
  const { placement, unit } = strategies[options.strategy];
  const draft = draftOf(flow, { staging, frame: options.frame, unit, alignment: options.alignment ?? 1 });
  switch (placement) {
    case "apart":
      return { draft, placement: placeApart(flow, draft) };
    case "in turn":
      return { draft, placement: placeInTurn(flow, draft) };
    case "searched":
      return { draft, placement: place(draft.shapes, draft.floor.bytes, effort) };
  }
}

function planOf(flow: Flow, { strategy, frame }: PlanOptions, { draft, placement }: Sketch): Plan {
  const { offsets } = placement;
  const rings = flow.tensors.map((tensor, t) => {
    const { name, rowBytes } = tensor;
    return [name, { tensor: name, rows: draft.heights[t]!, rowBytes, offset: offsets[t]! }] as const;
  });
  const scratch = draft.scratchNodes.map((n, i) => {
    const { name, scratchBytes } = flow.nodes[n]!;
    return [name, { node: name, bytes: scratchBytes, offset: offsets[flow.tensors.length + i]! }] as const;
  });
  const frames = frameBytes(flow);
  return {
    strategy,
    frame,
    events: draft.events,
    rings: new Map(rings),
    scratch: new Map(scratch),
    arenaBytes: placement.bytes,
    floorBytes: draft.floor.bytes,
    floorEvent: draft.floor.event,
    placement: placement.how,
    optimal: placement.optimal,
    proven: true,
    frameBytes: frame === "resident" ? { inArena: frames, outside: 0 } : { inArena: 0, outside: frames },
  };
}
