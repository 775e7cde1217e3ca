/**
 * Which layers read their constants from RAM: those that save most cycles a byte, which are those that read each of them most
 * often, as far as the budget goes. What is saved is waiting for flash, less the copying before every inference.
 */
import { countCalls } from "../backend/count.ts";
import type { Core } from "../core/core.ts";
import { priceOf } from "../core/price.ts";
import { CompileError } from "../error.ts";
import { tensorOf } from "../graph/build.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { inRam, residentKernel } from "../lower/in-ram.ts";
import type { Recipe, Recipes } from "../lower/recipe.ts";
import { wholeRing } from "../lower/ring.ts";

/** A layer whose constants are in RAM. */
export interface InRam {
  readonly node: string;
  readonly bytes: number;
  /** Of one inference, by counted operations; undefined without a core. */
  readonly savedCycles: number | undefined;
}

export interface InRamChoice {
  readonly recipes: Recipes;
  readonly layers: readonly InRam[];
}

/** @throws CompileError where a name is no layer's, or that of a layer without constants. */
export function namedInRam(
  graph: Graph,
  recipes: Recipes,
  names: readonly string[],
  core?: Core,
): InRamChoice {
  const layers = names.map((name) => {
    const node = graph.nodes.find((one) => one.name === name);
    if (!node)
      throw new CompileError(
        `--weights-in-ram ${name}: no such layer; its layers are ${graph.nodes.map((one) => one.name).join(", ")}`,
      );
    const layer = layerOf(graph, node, recipes, core);
    if (layer.bytes === 0) throw new CompileError(`--weights-in-ram ${name}: the layer has no constants`);
    return layer;
  });
  return { recipes: withLayers(graph, recipes, layers), layers };
}

/**
 * @param freeBytes What the arena may grow by.
 */
export function automaticInRam(graph: Graph, recipes: Recipes, core: Core, freeBytes: number): InRamChoice {
  const worth = graph.nodes
    .map((node) => layerOf(graph, node, recipes, core))
    .filter(({ bytes, savedCycles }) => bytes > 0 && savedCycles! > 0)
    .sort((a, b) => b.savedCycles! / b.bytes - a.savedCycles! / a.bytes);
  const layers: InRam[] = [];
  let left = freeBytes;
  for (const layer of worth) {
    if (layer.bytes > left) continue;
    left -= layer.bytes;
    layers.push(layer);
  }
  return { recipes: withLayers(graph, recipes, layers), layers };
}

function withLayers(graph: Graph, recipes: Recipes, layers: readonly InRam[]): Recipes {
  const names = new Set(layers.map(({ node }) => node));
  const known = new Map(
    graph.nodes
      .filter(({ name }) => names.has(name))
      .map((node) => [node.name, inRam(graph, node, recipes.of(graph, node))]),
  );
  return {
    ...recipes,
    name: names.size === 0 ? recipes.name : `${recipes.name}, weights in RAM`,
    of: (g, node) => known.get(node.name) ?? recipes.of(g, node),
  };
}

function layerOf(graph: Graph, node: Node, recipes: Recipes, core: Core | undefined): InRam {
  const plain = recipes.of(graph, node);
  const moved = inRam(graph, node, plain);
  const bytes = moved.residentBytes!;
  const savedCycles =
    core && bytes > 0 ? cyclesOf(graph, node, plain, core) - cyclesOf(graph, node, moved, core) : undefined;
  return {
    node: node.name,
    bytes,
    savedCycles: savedCycles === undefined ? undefined : Math.round(savedCycles),
  };
}

/** Of all steps, every tensor whole, and of the copying. */
function cyclesOf(graph: Graph, node: Node, recipe: Recipe, core: Core): number {
  const whole = (name: string) => wholeRing(tensorOf(graph, name));
  const output = whole(node.output);
  const { kernel, resident = [] } = recipe.lower(node, node.inputs.map(whole), output, undefined);
  const steps = Array.from({ length: Math.ceil(output.tensor.shape.h / recipe.rowsPerStep) }, (_, i) => i);
  const work = priceOf(countCalls(kernel, steps), core);
  return resident.length === 0 ? work : work + priceOf(countCalls(residentKernel(node, resident), [0]), core);
}
