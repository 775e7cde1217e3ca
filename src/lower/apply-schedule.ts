/** A schedule's steps, made definite for one layer and applied to its kernel. */
import type { Node } from "../graph/graph.ts";
import type { Rewrite } from "../loop/rewrite.ts";
import { rewriteKernel } from "../loop/rewrite/apply.ts";
import { buffersIn } from "../loop/walk.ts";
import type { Lowered } from "./lowered.ts";
import type { LayerKind, Schedule, Step } from "./schedule.ts";

/** Constants that no statement reads any more are dropped. `rows` is the height of the node's output. */
export function applySchedule(node: Node, lowered: Lowered, schedule: Schedule, rows: number): Lowered {
  const rewrites = schedule.rewrites(node.kind as LayerKind).flatMap((step) => definite(step, lowered));
  const kernel = rewriteKernel(lowered.kernel, rewrites, rows);
  const used = new Set(buffersIn(kernel.body).map((buffer) => buffer.name));
  return { ...lowered, kernel, constants: lowered.constants.filter(({ buffer }) => used.has(buffer.name)) };
}

function definite(step: Step, { border, blocked = "oc" }: Lowered): readonly Rewrite[] {
  if (step.rewrite === "block") return [{ rewrite: "jam", loop: blocked, factor: 4 }];
  if (step.rewrite !== "peelBorder") return [step];
  return border && border.first + border.last > 0 ? [{ rewrite: "peel", loop: "px", ...border }] : [];
}
