/** Which inputs of concatenations their producers write where they belong, into the rows of the output. */
import { concatParts, type ConcatPart } from "../graph/concat-parts.ts";
import type { Graph } from "../graph/graph.ts";
import { flowOf, type FlowOptions } from "./flow.ts";
import type { FramePolicy } from "./plan.ts";
import { smallestFloorOf } from "./stages.ts";

/** Those that could be, by concatenation; only nodes named in `writesApart` leave the pixels of a row apart. */
function candidates(graph: Graph, writesApart: ReadonlySet<string>): readonly (readonly ConcatPart[])[] {
  const canLeave = ({ tensor, runs }: ConcatPart): boolean =>
    runs === 1 || graph.nodes.some(({ name, output }) => output === tensor && writesApart.has(name));
  return graph.nodes
    .map((node) => (node.kind === "concat" ? concatParts(graph, node).filter(canLeave) : []))
    .filter((parts) => parts.length > 0);
}

/**
 * Names of the tensors whose joining lowers the smallest floor of any staging. All parts of a concatenation together, for
 * its row is held from the first of them on; of several concatenations each is left out again unless the floor rises.
 */
export function chooseParts(
  graph: Graph,
  frame: FramePolicy,
  options: FlowOptions,
  writesApart: ReadonlySet<string>,
): ReadonlySet<string> {
  const floor = (groups: readonly (readonly ConcatPart[])[]): number =>
    smallestFloorOf(flowOf(graph, { ...options, parts: namesOf(groups), inPlace: true }), frame);
  let chosen = candidates(graph, writesApart);
  if (chosen.length === 0) return new Set();
  let least = floor(chosen);
  for (const group of chosen) {
    const without = chosen.filter((other) => other !== group);
    const bytes = floor(without);
    if (bytes > least) continue;
    chosen = without;
    least = bytes;
  }
  return namesOf(chosen);
}

function namesOf(groups: readonly (readonly ConcatPart[])[]): ReadonlySet<string> {
  return new Set(groups.flat().map(({ tensor }) => tensor));
}
