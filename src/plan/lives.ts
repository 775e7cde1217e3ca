import type { Graph } from "../graph/graph.ts";
import { flowOf } from "./flow.ts";
import { lifetimesOf } from "./lifetimes.ts";
import type { Life, Plan } from "./plan.ts";

/**
 * The memory map of a plan: one rectangle for each row (in the bytes of its slot, while it is needed) and for each run
 * of events that uses a node's scratch. Rows, whatever unit the strategy counted lifetimes in.
 */
export function lives(graph: Graph, plan: Plan): readonly Life[] {
  const flow = flowOf(graph);
  const lifetimes = lifetimesOf(flow, plan.events, plan.frame);
  const rows = flow.tensors.flatMap((tensor, t): Life[] => {
    const ring = plan.rings.get(tensor.name)!;
    return lifetimes.rows[t]!.map((life, row) => ({
      owner: tensor.name,
      kind: "row",
      row,
      offset: ring.offset + (row % ring.rows) * ring.rowBytes,
      bytes: ring.rowBytes,
      ...life,
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
  return [...rows, ...scratch];
}
