import type { Interval } from "../lifetimes.ts";

/**
 * What is placed: slots of equal size, one behind the other, each taken during some events only.
 *
 * A whole tensor of a layer-by-layer plan is a rectangle in address × event; a ring of rows is a staircase, and a
 * node's scratch is one slot, taken while the node's steps run.
 */
export interface Shape {
  readonly slotBytes: number;
  /** By slot: when it is taken, in order and disjoint. */
  readonly slots: readonly (readonly Interval[])[];
  /** Its offset must be a multiple of it. */
  readonly alignment: number;
  /**
   * Numbers of shapes whose slots it may take over: where a slot of such a shape is left at the very event at which a
   * slot of this one is taken, the two may lie at the same bytes, though not overlap in part.
   */
  readonly takesOver?: readonly number[];
}

/** Where each shape lies, in the order they were given. */
export type Offsets = readonly number[];

export function shapeBytes(shape: Shape): number {
  return shape.slotBytes * shape.slots.length;
}

/** Bytes an arena needs to hold shapes at these offsets. */
export function extent(shapes: readonly Shape[], offsets: Offsets): number {
  return shapes.reduce((most, shape, i) => Math.max(most, offsets[i]! + shapeBytes(shape)), 0);
}

/** The next multiple of `alignment` from `offset` on. */
export function alignUp(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
