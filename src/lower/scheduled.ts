/** A schedule as recipes: every layer is its plain nest, rewritten. */
import type { Graph, Node } from "../graph/graph.ts";
import { applySchedule } from "./apply-schedule.ts";
import { lowerNode } from "./lower-node.ts";
import type { Recipe, Recipes } from "./recipe.ts";
import type { Schedule } from "./schedule.ts";

/** Kinds whose plain nests go by the pixel pitch of their output. */
const writesApart: ReadonlySet<Node["kind"]> = new Set([
  "conv2d",
  "convTranspose2d",
  "maxPool2d",
  "avgPool2d",
  "adaptivePool2d",
  "activation",
]);

/** The plain nest of a layer, rewritten by `schedule`. */
export function nestRecipe(schedule: Schedule): Recipe {
  return {
    name: schedule.name,
    family: schedule.name,
    scratchBytes: 0,
    rowsPerStep: 1,
    writesApart: ({ kind }) => writesApart.has(kind),
    lower(node, inputs, output, sums) {
      const lowered = lowerNode(node, inputs, output, { sums, lanes: schedule.lanes });
      return applySchedule(node, lowered, schedule, lowered.steps ?? output.tensor.shape.h);
    },
  };
}

export function scheduled(schedule: Schedule): Recipes {
  const recipe = nestRecipe(schedule);
  return {
    name: schedule.name,
    refuses: (graph) => (schedule.lanes && isFloat(graph) ? forInt8(schedule) : undefined),
    of: () => recipe,
  };
}

const isFloat = (graph: Graph): boolean => [...graph.tensors.values()].some(({ dtype }) => dtype === "f32");

const forInt8 = ({ name }: Schedule): string =>
  `schedule ${name} is for int8 networks; use --dtype int8 or --schedule blocked`;
