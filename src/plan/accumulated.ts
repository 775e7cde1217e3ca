/** Which of the nodes that could take their input row by row do so. */
import { accumulation } from "../graph/accumulate.ts";
import type { Graph } from "../graph/graph.ts";
import { flowOf, type FlowOptions } from "./flow.ts";
import type { FramePolicy } from "./plan.ts";
import { smallestFloorOf } from "./stages.ts";

/**
 * Those that lower the smallest floor of any staging. Accumulators outlive a step, so it is not always worth while.
 * First all of them together, then each is left out again unless the floor rises: ties go to the plain form.
 */
export function chooseAccumulated(
  graph: Graph,
  frame: FramePolicy,
  options: FlowOptions,
): ReadonlySet<string> {
  const floor = (accumulated: ReadonlySet<string>): number =>
    smallestFloorOf(flowOf(graph, { ...options, accumulated, inPlace: true }), frame);
  const able = graph.nodes.filter((node) => accumulation(graph, node)).map((node) => node.name);
  if (able.length === 0) return new Set();
  let chosen: ReadonlySet<string> = new Set(able);
  let least = floor(chosen);
  for (const name of able) {
    const without = new Set([...chosen].filter((other) => other !== name));
    const bytes = floor(without);
    if (bytes > least) continue;
    chosen = without;
    least = bytes;
  }
  return chosen;
}
