/** A plan without offsets: an order, and what follows from it. */
import { floorOf, type Floor } from "./floor.ts";
import { tensorBytes, type Flow, type FlowNode } from "./flow.ts";
import { lifetimesOf, span, wholeTensors, type Interval, type Lifetimes } from "./lifetimes.ts";
import { orderOf, type Staging } from "./order.ts";
import { pacesOf } from "./pace.ts";
import { alignUp, wordAlignment, type Offsets } from "./place/shape.ts";
import { lowestRing, type Strip } from "./place/strip.ts";
import type { Placement } from "./place/place.ts";
import type { Event, FramePolicy } from "./plan.ts";
import { ringRows } from "./ring.ts";

export interface Draft {
  readonly events: readonly Event[];
  readonly floor: Floor;
  /** Numbers of the nodes that need scratch. */
  readonly scratchNodes: readonly number[];
  /** Numbers of the nodes that accumulate. */
  readonly accumulatingNodes: readonly number[];
  /** By tensor: the one in whose ring it lies, mostly its own. */
  readonly homes: readonly number[];
  /**
   * What is to be placed: the rows of every tensor and of those that lie in its ring, then the scratch of every node in `scratchNodes`, then the
   * accumulators of every node in `accumulatingNodes`, then, if there are any, all resident constants as one.
   */
  readonly strips: readonly Strip[];
}

export interface DraftOptions {
  readonly staging: Staging;
  readonly frame: FramePolicy;
  readonly unit: "tensor" | "row";
  readonly alignment: number;
  /** Whether what is overwritten in place lies in the ring of what overwrites it: fewer rings, less freedom. */
  readonly shares: boolean;
}

/** Everything about an order but the offsets. With `unit` tensor, only a pushed input is a ring lower than itself. */
export function draftOf(flow: Flow, options: DraftOptions): Draft {
  const events = orderOf(flow, options.staging, options.frame);
  const lifetimes = lifetimesOf(flow, events, options.frame);
  const homes = options.shares ? homesOf(flow, lifetimes) : flow.tensors.map((_, t) => t);
  const nodesWith = (bytes: (node: FlowNode) => number): readonly number[] =>
    flow.nodes.flatMap((node, n) => (bytes(node) > 0 ? [n] : []));
  const scratchNodes = nodesWith((node) => node.scratchBytes);
  const accumulatingNodes = nodesWith((node) => node.accumulatorBytes);
  const alignment = Math.max(wordAlignment, options.alignment);
  return {
    events,
    floor: floorOf(flow, lifetimes, events.length),
    scratchNodes,
    accumulatingNodes,
    homes,
    strips: [
      ...tensorStrips(flow, lifetimes, homes, options),
      ...scratchNodes.map((n) => words(flow.nodes[n]!.scratchBytes, lifetimes.steps[n]!, alignment)),
      ...accumulatingNodes.map((n) =>
        words(flow.nodes[n]!.accumulatorBytes, [span(lifetimes.steps[n]!)], alignment),
      ),
      ...(flow.residentBytes > 0
        ? [words(flow.residentBytes, [{ first: 0, last: events.length - 1 }], alignment)]
        : []),
    ],
  };
}

/**
 * A tensor each of whose rows is overwritten by a row of one other lies in that one's ring: a row stays where it is from
 * the event that writes it first to the last that reads what it became.
 */
function homesOf(flow: Flow, lifetimes: Lifetimes): readonly number[] {
  const homes = flow.tensors.map((_, t) => t);
  // From the last tensor on, so that the home of what overwrites is known.
  for (const { output, overwrites } of [...flow.nodes].reverse()) {
    for (const input of overwrites) {
      const isOverwritten = lifetimes.rows[output]!.every(
        ({ first }, row) => lifetimes.overwritten[input]![row] && lifetimes.rows[input]![row]!.last === first,
      );
      if (isOverwritten) homes[input] = homes[output]!;
    }
  }
  return homes;
}

function tensorStrips(
  flow: Flow,
  lifetimes: Lifetimes,
  homes: readonly number[],
  { unit, alignment }: DraftOptions,
): readonly Strip[] {
  const whole = wholeTensors(lifetimes);
  const paces = pacesOf(flow);
  return flow.tensors.map((tensor, t) => {
    const guests = lifetimes.rows.filter((_, guest) => homes[guest] === t);
    const lives = spans(guests, lifetimes.rows[t]!);
    return {
      rowBytes: homes[t] === t ? tensor.rowBytes : 0,
      rows: (unit === "row" ? lives : whole.rows[t]!).map((life) => [life]),
      height: unit === "row" || tensor.producer < 0 ? ringRows(lives) : tensor.rows,
      alignment: Math.max(tensor.elementBytes, alignment),
      over: flow.nodes[tensor.producer]?.overwrites ?? [],
      pace: paces[t]!,
      mayTurn: unit === "row" && homes[t] === t && !tensor.isOutput && !tensor.part,
    };
  });
}

/** By row: from the first of some lives to the last; its own where there is no other. */
function spans(lives: readonly (readonly Interval[])[], own: readonly Interval[]): readonly Interval[] {
  return own.map((life, row) => ({
    first: Math.min(life.first, ...lives.map((rows) => rows[row]!.first)),
    last: Math.max(life.last, ...lives.map((rows) => rows[row]!.last)),
  }));
}

/** Bytes of one node, taken at some events. */
function words(rowBytes: number, taken: readonly Interval[], alignment: number): Strip {
  return { rowBytes, rows: [taken], height: 1, alignment, over: [], pace: 1, mayTurn: false };
}

/** Every ring behind the one before; resident constants behind the last; then scratch, large enough for each node. */
export function placeApart(flow: Flow, draft: Draft): Placement {
  let end = 0;
  const offsets = flow.tensors.map((_, t) => {
    const { rowBytes, height, alignment } = draft.strips[t]!;
    const offset = alignUp(end, alignment);
    end = offset + rowBytes * height;
    return offset;
  });
  return withPieces(flow, draft, offsets, end);
}

/** Tensor i in buffer i mod 2; resident constants, then scratch behind both. Right for a chain only. */
export function placeInTurn(flow: Flow, draft: Draft): Placement {
  const bytes = flow.tensors.map((tensor, t) => draft.strips[t]!.height * tensor.rowBytes);
  const most = (parity: number): number => Math.max(0, ...bytes.filter((_, t) => t % 2 === parity));
  const second = alignUp(most(0), Math.max(...draft.strips.map((strip) => strip.alignment)));
  const offsets = flow.tensors.map((_, t) => (t % 2 === 0 ? 0 : second));
  return withPieces(flow, draft, offsets, second + most(1));
}

function withPieces(flow: Flow, draft: Draft, tensors: Offsets, end: number): Placement {
  const pieces = draft.strips.slice(tensors.length);
  const alignment = Math.max(1, ...pieces.map((piece) => piece.alignment));
  const aligned = (from: number): number => alignUp(from, alignment);
  const resident = flow.residentBytes > 0 ? [pieces.pop()!] : [];
  const block = resident.length > 0 ? aligned(end) : end;
  const scratch = pieces.length > 0 ? aligned(block + flow.residentBytes) : block + flow.residentBytes;
  const bytes = scratch + Math.max(0, ...pieces.map((piece) => piece.rowBytes));
  const offsets = [...tensors, ...pieces.map(() => scratch), ...resident.map(() => block)];
  const layouts = draft.strips.map(lowestRing);
  return { offsets, layouts, bytes, how: "fixed", optimal: bytes === draft.floor.bytes };
}

/** Bytes of all graph inputs. */
export function frameBytes(flow: Flow): number {
  return flow.inputs.reduce((sum, input) => sum + tensorBytes(flow.tensors[input]!), 0);
}
