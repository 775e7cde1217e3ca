import type { Interval } from "../lifetimes.ts";

/** When a slot is taken, and what for. */
export interface Taken extends Interval {
  /** Number of the strip whose row it is. */
  readonly owner: number;
  /**
   * Strips whose rows it may overwrite: where such a row is left at the very event at which this one is taken, the two
   * may lie at the same bytes, though not overlap in part.
   */
  readonly over: readonly number[];
}

/** Bytes of a shape that are taken together. */
export interface Slot {
  /** From the shape's own offset. */
  readonly start: number;
  readonly bytes: number;
  /** By time; one may be taken at the event at which the one it overwrites is left. */
  readonly taken: readonly Taken[];
}

/**
 * What is placed: bytes one behind the other, each part of them taken during some events only.
 *
 * A whole tensor of a layer-by-layer plan is a rectangle in address × event; a ring of rows is a staircase, and a
 * node's scratch is one slot, taken while the node's steps run.
 */
export interface Shape {
  readonly bytes: number;
  readonly slots: readonly Slot[];
  /** Its offset must be a multiple of it. */
  readonly alignment: number;
}

/** Where each shape lies, in the order they were given. */
export type Offsets = readonly number[];

/** Bytes an arena needs to hold shapes at these offsets. */
export function extent(shapes: readonly Shape[], offsets: Offsets): number {
  return shapes.reduce((most, shape, i) => Math.max(most, offsets[i]! + shape.bytes), 0);
}

/** Of what is read as 16- or 32-bit words: scratch, accumulators, and constants in RAM. */
export const wordAlignment = 4;

/** The next multiple of `alignment` from `offset` on. */
export function alignUp(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
