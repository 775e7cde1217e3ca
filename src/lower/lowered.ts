import type { Resident } from "./in-ram.ts";
import type { Buffer, Kernel } from "../loop/ir.ts";
import type { ConstantData } from "../loop/program.ts";

/** A node as a kernel, and what the program must provide for it. */
export interface Lowered {
  readonly kernel: Kernel;
  readonly constants: readonly ConstantData[];
  /** Steps, where they are not the rows of the output. */
  readonly steps?: number;
  /** Output columns at the left and right whose windows leave the image. */
  readonly border?: { readonly first: number; readonly last: number };
  /** The loop whose turns have the most in common, and gain from being computed several at once; `oc` unless given. */
  readonly blocked?: "oc" | "px";
  /** Working memory, planned under the node's name; `offset` is where in that a buffer begins, in bytes, 0 unless given. */
  readonly scratch?: readonly { readonly buffer: Buffer; readonly node: string; readonly offset?: number }[];
  /** Constants that are read from the arena, where they are copied first; see `in-ram.ts`. */
  readonly resident?: readonly Resident[];
}
