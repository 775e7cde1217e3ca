/** The planner: an order of events, ring heights and offsets for a graph, proven by replay before it is returned. */
import type { Graph } from "../graph/graph.ts";
import { draftOf, frameBytes, placeApart, placeInTurn, type Draft } from "./draft.ts";
import { flowOf, type Flow } from "./flow.ts";
import { everyCut, type Cuts } from "./order.ts";
import { assertChain } from "./ping-pong.ts";
import { place, type Effort, type Placement } from "./place/place.ts";
import type { FramePolicy, Plan, Strategy } from "./plan.ts";
import { replay } from "./replay.ts";
import { chooseCuts, stagePeaks } from "./stages.ts";
import { strategies } from "./strategy.ts";

export interface PlanOptions {
  readonly strategy: Strategy;
  readonly frame: FramePolicy;
  /** Bytes of working memory by node, needed while one of its steps runs. */
  readonly scratch?: ReadonlyMap<string, number>;
  /** A power of two every offset is a multiple of; 1 unless given. Float tensors lie at multiples of 4 in any case. */
  readonly alignment?: number;
}

/** Nodes of the exact placement search for the plan returned, and for each of the cuttings it is chosen from. */
const finalEffort: Effort = 20_000;
const trialEffort: Effort = 0;

/**
 * Plans a graph by a named strategy. The graph must have been through the passes the strategy asks for
 * (`strategies[strategy].fusePool`). Throws a `CompileError` if the strategy does not apply to it.
 */
export function planMemory(graph: Graph, options: PlanOptions): Plan {
  const { strategy, frame } = options;
  const flow = flowOf(graph, options.scratch);
  const rule = strategies[strategy];
  if (rule.placement === "in turn") assertChain(flow);
  const draft = (cuts: Cuts): Draft =>
    draftOf(flow, { cuts, frame, unit: rule.unit, alignment: options.alignment ?? 1 });
  const placed = (d: Draft, effort: Effort): Placement => {
    switch (rule.placement) {
      case "apart":
        return placeApart(flow, d);
      case "in turn":
        return placeInTurn(flow, d);
      case "searched":
        return place(d.shapes, d.floor.bytes, effort);
    }
  };
  const cuts =
    rule.order === "layers"
      ? everyCut(flow)
      : chooseCuts(stagePeaks(flow, frame), (some) => placed(draft(some), trialEffort).bytes);
  const chosen = draft(cuts);
  const plan = planOf(flow, strategy, frame, chosen, placed(chosen, finalEffort));
  replay(graph, plan);
  return plan;
}

function planOf(
  flow: Flow,
  strategy: Strategy,
  frame: FramePolicy,
  draft: Draft,
  placement: Placement,
): Plan {
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
