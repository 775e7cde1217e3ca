/** Which constants a statement reads. */
import type { Buffer, Expr, Stmt } from "../loop/ir.ts";
import { elementBytes } from "../loop/type-of.ts";
import { childrenOf, exprsOf } from "../loop/walk.ts";
import type { Slots, Value } from "./index-value.ts";

export interface Read {
  /** Where its buffer begins, and the elements it has. */
  readonly address: number;
  readonly length: number;
  readonly elementBytes: number;
  /** Element that is read; undefined where it follows from memory, and may be any. */
  readonly index: Value | undefined;
  /** Bytes at once, and how many such reads follow on each other. */
  readonly bytes: number;
  readonly times: number;
}

/** What one load takes at most: a vector is several of these. */
const wordBytes = 4;

/** In the order in which they are evaluated; of a loop those of its count, of which there are none. */
export function readsOf(s: Stmt, slots: Slots, addressOf: (buffer: string) => number): readonly Read[] {
  const read = (buffer: Buffer, index: Expr, elements: number): Read[] => {
    if (buffer.space !== "constant") return [];
    const bytes = elements * elementBytes[buffer.type];
    return [
      {
        address: addressOf(buffer.name),
        length: buffer.length,
        elementBytes: elementBytes[buffer.type],
        index: slots.valueOf(index),
        bytes: Math.min(bytes, wordBytes),
        times: Math.ceil(bytes / wordBytes),
      },
    ];
  };
  const within = (e: Expr): Read[] => {
    const inner = childrenOf(e).flatMap(within);
    if (e.kind === "load") return [...inner, ...read(e.buffer, e.index, 1)];
    return e.kind === "widen" ? [...inner, ...read(e.buffer, e.index, e.lanes)] : inner;
  };
  const own = exprsOf(s).flatMap(within);
  return s.kind === "copy" ? [...own, ...read(s.from, s.fromIndex, s.count)] : own;
}
