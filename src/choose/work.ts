/**
 * What a layer's counted operations cost at a core's prices, in five parts of which compilers make something different: they
 * keep products as they are counted, fold most addresses, and spill what finds no register.
 */
import type { Core } from "../core/core.ts";
import { constantBytes } from "../core/price.ts";
import { tensorOf } from "../graph/build.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { Recipe } from "../lower/recipe.ts";
import { type Counts, type Operation, operations } from "../loop/operation.ts";

/** Products with their loads; addresses; turns of loops; what becomes of sums; calls. */
export type Work = readonly [number, number, number, number, number];

const parts: Readonly<Partial<Record<Operation, 1 | 2 | 3 | 4>>> = {
  address: 1,
  loop: 2,
  loopExit: 2,
  requantize: 3,
  requantizeOnce: 3,
  requantizeNearest: 3,
  scaled4: 3,
  four: 3,
  vector: 3,
  sumLanes: 3,
  minMax: 3,
  select: 3,
  divide: 3,
  store8: 3,
  store16: 3,
  store32: 3,
  store128: 3,
  call: 4,
};

/** Cycles by part, wait states apart. */
export function workOf(counts: Counts, core: Core): Work {
  const work: [number, number, number, number, number] = [0, 0, 0, 0, 0];
  for (const operation of operations)
    work[parts[operation] ?? 0] += counts[operation] * core.prices[operation].cycles;
  return work;
}

/** Cycles that constants wait for flash. */
export function waitsOf(counts: Counts, { flash }: Core): number {
  const reads = Object.entries(constantBytes) as [Operation, number][];
  return reads.reduce((sum, [operation, bytes]) => sum + counts[operation] * flash.waitCycles(bytes), 0);
}

/** Under which name fits are kept: the kind of layer, and the family of its recipe. */
export function fitKey(graph: Graph, node: Node, { family }: Recipe): string {
  const type = tensorOf(graph, node.output).dtype === "f32" ? "f32 " : "";
  const words =
    node.kind === "conv2d" ? `${node.groups > 1 ? "grouped " : ""}${node.pool ? "pooled " : ""}` : "";
  return `${type}${words}${node.kind}: ${family}`;
}
