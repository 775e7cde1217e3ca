/** A plan without offsets: an order, and what follows from it. */
import { floorOf, type Floor } from "./floor.ts";
import { tensorBytes, type Flow, type FlowNode } from "./flow.ts";
import { lifetimesOf, span, wholeTensors, type Lifetimes } from "./lifetimes.ts";
import { orderOf, type Staging } from "./order.ts";
import { alignUp, type Offsets, type Shape } from "./place/shape.ts";
import type { Placement } from "./place/place.ts";
import type { Event, FramePolicy } from "./plan.ts";
import { ringRows, slotLives } from "./ring.ts";

/** Scratch may be read as 16- or 32-bit words, accumulators are 32-bit words. */
const wordAlignment = 4;

export interface Draft {
  readonly events: readonly Event[];
  readonly floor: Floor;
  /** By tensor: height of its ring. */
  readonly heights: readonly number[];
  /** Numbers of the nodes that need scratch. */
  readonly scratchNodes: readonly number[];
  /** Numbers of the nodes that accumulate. */
  readonly accumulatingNodes: readonly number[];
  /**
   * What is to be placed: the ring of every tensor, then the scratch of every node in `scratchNodes`, then the
   * accumulators of every node in `accumulatingNodes`.
   */
  readonly shapes: readonly Shape[];
}

export interface DraftOptions {
  readonly staging: Staging;
  readonly frame: FramePolicy;
  readonly unit: "tensor" | "row";
  readonly alignment: number;
}

/** Everything about an order but the offsets. With `unit` tensor, only a pushed input is a ring lower than itself. */
export function draftOf(flow: Flow, options: DraftOptions): Draft {
  const events = orderOf(flow, options.staging, options.frame);
  const lifetimes = lifetimesOf(flow, events, options.frame);
  const held = options.unit === "row" ? lifetimes : wholeTensors(lifetimes);
  const heights = flow.tensors.map((tensor, t) =>
    options.unit === "row" || tensor.producer < 0 ? ringRows(lifetimes.rows[t]!) : tensor.rows,
  );
  const nodesWith = (bytes: (node: FlowNode) => number): readonly number[] =>
    flow.nodes.flatMap((node, n) => (bytes(node) > 0 ? [n] : []));
  const scratchNodes = nodesWith((node) => node.scratchBytes);
  const accumulatingNodes = nodesWith((node) => node.accumulatorBytes);
  const alignment = Math.max(wordAlignment, options.alignment);
  return {
    events,
    floor: floorOf(flow, lifetimes, events.length),
    heights,
    scratchNodes,
    accumulatingNodes,
    shapes: [
      ...ringShapes(flow, held, heights, options.alignment),
      ...scratchNodes.map((n) => ({
        slotBytes: flow.nodes[n]!.scratchBytes,
        slots: [lifetimes.steps[n]!],
        alignment,
      })),
      ...accumulatingNodes.map((n) => ({
        slotBytes: flow.nodes[n]!.accumulatorBytes,
        slots: [[span(lifetimes.steps[n]!)]],
        alignment,
      })),
    ],
  };
}

function ringShapes(
  flow: Flow,
  held: Lifetimes,
  heights: readonly number[],
  alignment: number,
): readonly Shape[] {
  return flow.tensors.map((tensor, t) => ({
    slotBytes: tensor.rowBytes,
    slots: slotLives(held.rows[t]!, heights[t]!),
    alignment: Math.max(tensor.elementBytes, alignment),
    takesOver: flow.nodes[tensor.producer]?.overwrites ?? [],
  }));
}

/** Every ring behind the one before; one piece of scratch, large enough for each node, behind the last. */
export function placeApart(flow: Flow, draft: Draft): Placement {
  let end = 0;
  const offsets = flow.tensors.map((_, t) => {
    const { slotBytes, slots, alignment } = draft.shapes[t]!;
    const offset = alignUp(end, alignment);
    end = offset + slotBytes * slots.length;
    return offset;
  });
  return withScratch(draft, offsets, end);
}

/** Tensor i in buffer i mod 2; scratch behind both. Right for a chain only. */
export function placeInTurn(flow: Flow, draft: Draft): Placement {
  const bytes = flow.tensors.map((tensor, t) => draft.heights[t]! * tensor.rowBytes);
  const most = (parity: number): number => Math.max(0, ...bytes.filter((_, t) => t % 2 === parity));
  const second = alignUp(most(0), Math.max(...draft.shapes.map((shape) => shape.alignment)));
  const offsets = flow.tensors.map((_, t) => (t % 2 === 0 ? 0 : second));
  return withScratch(draft, offsets, second + most(1));
}

function withScratch(draft: Draft, tensors: Offsets, end: number): Placement {
  const pieces = draft.shapes.slice(tensors.length);
  const offset =
    pieces.length === 0 ? end : alignUp(end, Math.max(...pieces.map((piece) => piece.alignment)));
  const bytes = offset + Math.max(0, ...pieces.map((piece) => piece.slotBytes));
  const offsets = [...tensors, ...pieces.map(() => offset)];
  return { offsets, bytes, how: "fixed", optimal: bytes === draft.floor.bytes };
}

/** Bytes of all graph inputs. */
export function frameBytes(flow: Flow): number {
  return flow.inputs.reduce((sum, input) => sum + tensorBytes(flow.tensors[input]!), 0);
}
