import type { Graph } from "../graph/graph.ts";
import { flowOfPlan, type Flow } from "./flow.ts";
import { lifetimesOf, span, type Lifetimes } from "./lifetimes.ts";
import type { Life, Plan } from "./plan.ts";
import { ringRows, rowOffset } from "./ring.ts";

/**
 * The memory map of a plan: one rectangle for each row (in the bytes of its slot, while it is needed) and for each run
 * of events that uses a node's scratch, its accumulators or resident constants. Rows, whatever unit the strategy counted lifetimes in; those that lie in
 * another tensor's are part of its.
 */
export function lives(graph: Graph, plan: Plan): readonly Life[] {
  const flow = flowOfPlan(graph, plan);
  const lifetimes = lifetimesOf(flow, plan.events, plan.frame);
  const rows = flow.tensors.flatMap((tensor, t): Life[] => {
    const ring = plan.rings.get(tensor.name)!;
    if (tensor.part) return [];
    return lifetimes.rows[t]!.map(({ first, last }, row) => ({
      owner: tensor.name,
      kind: "row",
      row,
      offset: rowOffset(ring, row),
      bytes: ring.rowBytes,
      first,
      last: isOverwritten(flow, lifetimes, plan, t, row) ? last - 1 : last,
    }));
  });
  const scratch = flow.nodes.flatMap((node, n): Life[] => {
    const piece = plan.scratch.get(node.name);
    if (!piece) return [];
    return lifetimes.steps[n]!.map((run) => ({
      owner: node.name,
      kind: "scratch",
      row: 0,
      offset: piece.offset,
      bytes: piece.bytes,
      ...run,
    }));
  });
  const accumulators = flow.nodes.flatMap((node, n): Life[] => {
    const piece = plan.accumulators.get(node.name);
    if (!piece) return [];
    const { offset, bytes } = piece;
    const life = span(lifetimes.steps[n]!);
    return [{ owner: node.name, kind: "accumulators", row: 0, offset, bytes, ...life }];
  });
  const resident = [...plan.resident.values()].map(({ name, bytes, offset }): Life => {
    const last = plan.events.length - 1;
    return { owner: name, kind: "resident", row: 0, offset, bytes, first: 0, last };
  });
  return [...rows, ...scratch, ...accumulators, ...resident];
}

/** Whether the last step that reads a row leaves its own row at the same bytes. */
function isOverwritten(flow: Flow, lifetimes: Lifetimes, plan: Plan, tensor: number, row: number): boolean {
  const place = (t: number): number => rowOffset(plan.rings.get(flow.tensors[t]!.name)!, row);
  return flow.tensors[tensor]!.readers.some((reader) => {
    const { output, overwrites } = flow.nodes[reader]!;
    return (
      overwrites.includes(tensor) &&
      lifetimes.rows[output]![row]!.first === lifetimes.rows[tensor]![row]!.last &&
      place(output) === place(tensor)
    );
  });
}

/**
 * By tensor: the rows its lowest ring would have, as many as it ever holds at once. Rings that turn together are as
 * tall as the region they share, which says nothing about any one of them.
 */
export function heldRows(graph: Graph, plan: Plan): ReadonlyMap<string, number> {
  const flow = flowOfPlan(graph, plan);
  const { rows } = lifetimesOf(flow, plan.events, plan.frame);
  return new Map(
    flow.tensors.map(({ name }, t) => [name, Math.min(plan.rings.get(name)!.rows, ringRows(rows[t]!))]),
  );
}
