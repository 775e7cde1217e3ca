/** A schedule's steps, made definite for one layer and applied to its kernel. */
import type { Node } from "../graph/graph.ts";
import type { Rewrite } from "../loop/rewrite.ts";
import { rewriteKernel } from "../loop/rewrite/apply.ts";
import type { Lowered } from "./lowered.ts";
import type { LayerKind, Schedule, Step } from "./schedule.ts";

/** `rows` is the height of the node's output. */
export function applySchedule(node: Node, lowered: Lowered, schedule: Schedule, rows: number): Lowered {
  const rewrites = schedule.rewrites[node.kind as LayerKind].flatMap((step) => definite(step, lowered));
  return { ...lowered, kernel: rewriteKernel(lowered.kernel, rewrites, rows) };
}

function definite(step: Step, { border }: Lowered): readonly Rewrite[] {
  if (step.rewrite !== "peelBorder") return [step];
  return border && border.first + border.last > 0 ? [{ rewrite: "peel", loop: "px", ...border }] : [];
}
