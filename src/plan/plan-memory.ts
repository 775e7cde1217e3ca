/** The planner: an order of events, ring heights and offsets for a graph, proven by replay before it is returned. */
import type { Graph } from "../graph/graph.ts";
import { draftOf, frameBytes, placeApart, placeInTurn, type Draft } from "./draft.ts";
import { chooseAccumulated } from "./accumulated.ts";
import { flowOf, type Flow, type FlowOptions, type FlowPart } from "./flow.ts";
import { layerByLayer, type Staging } from "./order.ts";
import { assertChain } from "./ping-pong.ts";
import { chooseParts } from "./parts.ts";
import { place, type Effort, type Placement } from "./place/place.ts";
import type { FramePolicy, Plan, Ring, Strategy } from "./plan.ts";
import { replay } from "./replay.ts";
import { residentBytes, residentPieces } from "./resident.ts";
import { chooseStaging } from "./stages.ts";
import { strategies } from "./strategy.ts";

export interface PlanOptions {
  readonly strategy: Strategy;
  readonly frame: FramePolicy;
  /** Bytes of working memory by node, needed while one of its steps runs. */
  readonly scratch?: ReadonlyMap<string, number>;
  /**
   * By node: rows of its output that one step writes; 1 unless given. Its kernel is called with the number of the step: step
   * s writes rows [s × R, (s + 1) × R), of which the last may be beyond the image and are then not written.
   */
  readonly rowsPerStep?: ReadonlyMap<string, number>;
  /** By name: bytes of constants that are copied to the arena once and stay, each at a multiple of 4. */
  readonly resident?: ReadonlyMap<string, number>;
  /**
   * Names of the nodes that can leave gaps between the pixels of a row they write, and so write into the rows of a
   * concatenation along channels; none unless given.
   */
  readonly writesApart?: ReadonlySet<string>;
  /**
   * A power of two every offset is a multiple of; 1 unless given. Float tensors, scratch, accumulators and resident
   * constants lie at multiples of 4 in any case, and int8 tensors between them anywhere.
   */
  readonly alignment?: number;
}

/** For the plan returned, and for each of the stagings it is chosen from. */
const finalEffort: Effort = { nodes: 20_000, turnings: 200, isThorough: false };
/** Where that is far above the floor. */
const thoroughEffort: Effort = { nodes: 20_000, turnings: 1500, isThorough: true };
const trialEffort: Effort = { nodes: 200, turnings: 0, isThorough: false };
/** For plans whose order is given: their tensors are whole or rings, each for itself. */
const plainEffort: Effort = { nodes: 20_000, turnings: 0, isThorough: false };

/**
 * Plans a graph by a named strategy. The graph must have been through the passes the strategy asks for
 * (`strategies[strategy].fusePool`). Throws a `CompileError` if the strategy does not apply to it.
 */
export function planMemory(graph: Graph, options: PlanOptions): Plan {
  checkRowsPerStep(graph, options);
  const { placement, unit } = strategies[options.strategy];
  const flow = flowOf(graph, { ...flowOptions(options), inPlace: unit === "row" });
  if (placement === "in turn") assertChain(flow);
  const plan = planOf(options, bestSketch(graph, options, flow));
  replay(graph, plan);
  return plan;
}

/** An order and its offsets. */
interface Sketch {
  readonly flow: Flow;
  readonly draft: Draft;
  readonly placement: Placement;
}

/** Layer by layer is one staging of many: a strategy that may choose keeps it where its offsets turn out smaller. */
function bestSketch(graph: Graph, options: PlanOptions, plain: Flow): Sketch {
  const layers = sketchOf(plain, options, layerByLayer(plain), plainEffort);
  if (strategies[options.strategy].order === "layers") return layers;
  const { frame, writesApart = new Set<string>() } = options;
  const accumulated = chooseAccumulated(graph, frame, flowOptions(options));
  const parts = chooseParts(graph, frame, { ...flowOptions(options), accumulated }, writesApart);
  const flow = flowOf(graph, { ...flowOptions(options), accumulated, parts, inPlace: true });
  const size = (trial: Staging): number => sketchOf(flow, options, trial, trialEffort).placement.bytes;
  const choose = (slack: number): Sketch => bestOf(flow, options, chooseStaging(flow, frame, size, slack));
  let best = smaller(choose(1), layers);
  for (const slack of slacks) if (isLoose(best)) best = smaller(best, choose(slack));
  return best;
}

/** The smallest plan of one staging: rings that are overwritten in place may be shared or not. */
function bestOf(flow: Flow, options: PlanOptions, staging: Staging): Sketch {
  const overwrites = flow.nodes.some((node) => node.overwrites.length > 0);
  let best = sketchOf(flow, options, staging, finalEffort);
  if (overwrites && !isOnFloor(best))
    best = smaller(best, sketchOf(flow, options, staging, finalEffort, true));
  if (isLoose(best)) best = smaller(best, sketchOf(flow, options, staging, thoroughEffort));
  return best;
}

/** Stagings with a floor so many times the smallest are tried, too, where the smallest floor leads to a loose plan. */
const slacks = [1.1, 1.25, 1.5];

function isOnFloor({ draft, placement }: Sketch): boolean {
  return placement.bytes <= draft.floor.bytes;
}

/** Far above its floor. */
function isLoose({ draft, placement }: Sketch): boolean {
  return placement.bytes > 1.1 * draft.floor.bytes;
}

/** Of equals the first. */
function smaller(a: Sketch, b: Sketch): Sketch {
  return b.placement.bytes < a.placement.bytes ? b : a;
}

function flowOptions({ scratch, rowsPerStep, resident }: PlanOptions): FlowOptions {
  return {
    ...(scratch && { scratch }),
    ...(rowsPerStep && { rowsPerStep }),
    ...(resident && { residentBytes: residentBytes(resident) }),
  };
}

/** Refuses rows per step for a node there is not, or that are no rows. */
function checkRowsPerStep(graph: Graph, { rowsPerStep = new Map<string, number>() }: PlanOptions): void {
  for (const [name, rows] of rowsPerStep) {
    if (!graph.nodes.some((node) => node.name === name)) throw new Error(`${name}: no node has this name`);
    if (!Number.isInteger(rows) || rows < 1) throw new Error(`${name}: ${rows} rows per step`);
  }
}

function sketchOf(
  flow: Flow,
  options: PlanOptions,
  staging: Staging,
  effort: Effort,
  shares = false,
): Sketch {
  const { placement, unit } = strategies[options.strategy];
  const { frame, alignment = 1 } = options;
  const draft = draftOf(flow, { staging, frame, unit, alignment, shares });
  switch (placement) {
    case "apart":
      return { flow, draft, placement: placeApart(flow, draft) };
    case "in turn":
      return { flow, draft, placement: placeInTurn(flow, draft) };
    case "searched":
      return { flow, draft, placement: place(draft.strips, draft.floor.bytes, effort) };
  }
}

function planOf(options: PlanOptions, { flow, draft, placement }: Sketch): Plan {
  const { strategy, frame, resident = new Map<string, number>() } = options;
  const { offsets, layouts } = placement;
  const rings = flow.tensors.map(({ name, rowBytes, part }, t) => {
    const ring = part
      ? partRing(flow, name, part, draft.homes[part.within]!, placement)
      : { tensor: name, rowBytes, offset: offsets[draft.homes[t]!]!, ...layouts[draft.homes[t]!]! };
    return [name, ring] as const;
  });
  const piece = (n: number, bytes: number, shape: number) =>
    [flow.nodes[n]!.name, { node: flow.nodes[n]!.name, bytes, offset: offsets[shape]! }] as const;
  const firstScratch = flow.tensors.length;
  const firstAccumulator = firstScratch + draft.scratchNodes.length;
  const scratch = draft.scratchNodes.map((n, i) => piece(n, flow.nodes[n]!.scratchBytes, firstScratch + i));
  const accumulators = draft.accumulatingNodes.map((n, i) =>
    piece(n, flow.nodes[n]!.accumulatorBytes, firstAccumulator + i),
  );
  const frames = frameBytes(flow);
  return {
    strategy,
    frame,
    events: draft.events,
    rings: new Map(rings),
    scratch: new Map(scratch),
    accumulators: new Map(accumulators),
    rowsPerStep: new Map(options.rowsPerStep),
    resident: residentPieces(resident, offsets[firstAccumulator + draft.accumulatingNodes.length] ?? 0),
    arenaBytes: placement.bytes,
    floorBytes: draft.floor.bytes,
    floorEvent: draft.floor.event,
    placement: placement.how,
    optimal: placement.optimal,
    proven: true,
    frameBytes: frame === "resident" ? { inArena: frames, outside: 0 } : { inArena: 0, outside: frames },
  };
}

/** The ring of the other tensor, from some byte of its rows on. */
function partRing(
  flow: Flow,
  tensor: string,
  part: FlowPart,
  home: number,
  { offsets, layouts }: Placement,
): Ring {
  const { within, from, runs, runBytes, runPitch } = part;
  return {
    tensor,
    rowBytes: runs * runBytes,
    offset: offsets[home]! + from,
    ...layouts[home]!,
    part: { within: flow.tensors[within]!.name, runs, runBytes, runPitch },
  };
}
