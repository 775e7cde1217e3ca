/**
 * The ways there are to compute a layer on a core.
 *
 * What a compiler keeps in registers is not counted, so tiles are not searched over: each kind of core has those that were
 * fastest on it, emulated. How much working memory and flash a way may take is what is left to choose.
 */
import type { Features } from "../core/core.ts";
import { tensorOf } from "../graph/build.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { additionRecipe } from "../lower/addition/recipe.ts";
import { denseRecipe } from "../lower/dense/recipe.ts";
import { depthwiseVectorRecipe } from "../lower/depthwise-vectors/recipe.ts";
import { depthwiseRecipe } from "../lower/depthwise/recipe.ts";
import { poolVectorRecipe } from "../lower/pool-vectors.ts";
import type { Recipe } from "../lower/recipe.ts";
import { schedules } from "../lower/schedule.ts";
import { nestRecipe } from "../lower/scheduled.ts";
import { entriesOf } from "../lower/sparse.ts";
import { vectorRecipe } from "../lower/vector/recipe.ts";
import { windowRecipe } from "../lower/window/recipe.ts";
import { winogradRecipe } from "../lower/winograd/recipe.ts";
import { tilesFor, type Tiles } from "./tiles.ts";

const nests: readonly Recipe[] = [schedules.blocked, schedules.unrolled, schedules.collapsed].map(nestRecipe);

/** Pruned linear layers: entry by entry, a few a turn. */
const sparse: Recipe = { ...nestRecipe(schedules.unrolled), name: "sparse", family: "sparse" };

export function candidates(graph: Graph, node: Node, features: Features): readonly Recipe[] {
  if (hasWide(graph, node)) return nests;
  const hasVectors = features.lanes === 16;
  const others = [
    additionRecipe(graph, node, { lanes: hasVectors ? 4 : 1 }),
    ...(hasVectors ? [poolVectorRecipe(graph, node)] : []),
  ];
  // Of ways that cost alike the first is chosen: what a pool gains where it takes its input row by row is not priced.
  return [
    ...others.filter((recipe) => typeof recipe === "object"),
    ...(entriesOf(node) ? [sparse] : nests),
    ...(isInt8(node) ? int8Ways(graph, node, tilesFor(features)) : []),
  ];
}

/** Activations of 16 bits have plain nests only. */
const hasWide = (graph: Graph, node: Node): boolean =>
  [...node.inputs, node.output].some((name) => tensorOf(graph, name).dtype === "i16");

const isInt8 = (node: Node): boolean =>
  (node.kind === "conv2d" || node.kind === "linear") &&
  node.weight.data instanceof Int8Array &&
  node.requantize !== undefined;

function int8Ways(graph: Graph, node: Node, tiles: Tiles): readonly Recipe[] {
  const recipes = [
    ...tiles.dense.map((tile) => denseRecipe(graph, node, tile)),
    ...tiles.dense.map((tile) => denseRecipe(graph, node, { ...tile, packed: true })),
    ...tiles.depthwise.map((tile) => depthwiseRecipe(graph, node, tile)),
    ...tiles.window.map((tile) => windowRecipe(graph, node, tile)),
    ...tiles.winograd.map((tile) => winogradRecipe(graph, node, tile)),
    ...tiles.vectors.map((tile) => vectorRecipe(graph, node, tile)),
    ...tiles.depthwiseVectors.map((tile) => depthwiseVectorRecipe(graph, node, tile)),
  ];
  return recipes.filter((recipe) => typeof recipe === "object");
}
