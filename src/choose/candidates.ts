/**
 * The ways there are to compute a layer on a core, the plainest first.
 *
 * What a compiler keeps in registers is not counted, so tiles are not searched over: each kind of core has those that were
 * fastest on it, emulated. How much working memory and flash a way may take is what is left to choose.
 */
import type { Features } from "../core/core.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { denseRecipe } from "../lower/dense/recipe.ts";
import { depthwiseRecipe } from "../lower/depthwise/recipe.ts";
import type { Recipe } from "../lower/recipe.ts";
import { schedules } from "../lower/schedule.ts";
import { nestRecipe } from "../lower/scheduled.ts";
import { windowRecipe } from "../lower/window/recipe.ts";
import { winogradRecipe } from "../lower/winograd/recipe.ts";
import { tilesFor, type Tiles } from "./tiles.ts";

/** A recipe, and the family of recipes that compilers make alike code of: one kernel and tile. */
export interface Way {
  readonly family: string;
  readonly recipe: Recipe;
}

const nests: readonly Way[] = [schedules.blocked, schedules.unrolled, schedules.collapsed].map(
  (schedule) => ({
    family: schedule.name,
    recipe: nestRecipe(schedule),
  }),
);

export function candidates(graph: Graph, node: Node, features: Features): readonly Way[] {
  return [...nests, ...(isInt8(node) ? int8Ways(graph, node, tilesFor(features)) : [])];
}

const isInt8 = (node: Node): boolean =>
  (node.kind === "conv2d" || node.kind === "linear") &&
  node.weight.data instanceof Int8Array &&
  node.requantize !== undefined;

function int8Ways(graph: Graph, node: Node, tiles: Tiles): readonly Way[] {
  const ways = [
    ...tiles.dense.map((o) => ({
      family: `dense ${o.columns}x${o.outputs}${o.expands ? " expanded" : ""}`,
      recipe: denseRecipe(graph, node, o),
    })),
    ...tiles.depthwise.map((o) => ({
      family: `depthwise ${o.columns} of ${o.tile}`,
      recipe: depthwiseRecipe(graph, node, o),
    })),
    ...tiles.window.map((o) => ({
      family: `window ${o.columns}x${o.outputs}`,
      recipe: windowRecipe(graph, node, o),
    })),
    ...tiles.winograd.map((o) => ({
      family: `winograd ${o.m} ${o.columns}`,
      recipe: winogradRecipe(graph, node, o),
    })),
  ];
  return ways.flatMap(({ family, recipe }) => (typeof recipe === "object" ? [{ family, recipe }] : []));
}
