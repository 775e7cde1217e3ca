/**
 * Fits what counting operations does not see of each way to compute a layer (spills, addresses, what a compiler merges):
 *
 *     node dist/scripts/fit-ways.js > src/choose/fitted.ts
 *
 * Builds the bundled networks with every family of recipes wherever it fits, runs them on emulated cores (GCC -O3, QEMU), and
 * prints, by core and family, the geometric mean over layers of instructions emulated over cycles counted, divided by that
 * of the blocked nest. Needs the device toolchains.
 */
import { countProgram } from "../src/backend/count.ts";
import { bestOnDevice, layersOf } from "../src/bench/device/best.ts";
import { devices } from "../src/bench/device/list.ts";
import { candidates } from "../src/choose/candidates.ts";
import { printEngine } from "../src/cli/compile.ts";
import { readModelFile } from "../src/cli/model-file.ts";
import { graphOf, lowerPlanned, planVariant, prepare } from "../src/compile.ts";
import type { Core } from "../src/core/core.ts";
import { cores } from "../src/core/cores.ts";
import { estimate } from "../src/core/estimate.ts";
import type { Graph, Node } from "../src/graph/graph.ts";
import type { Recipe, Recipes } from "../src/lower/recipe.ts";
import { schedules } from "../src/lower/schedule.ts";
import { nestRecipe } from "../src/lower/scheduled.ts";

const models = ["lenet5", "cifar_testnet", "dscnn"];
/** By device, the core whose prices and tiles it is fitted with. */
const fits = {
  "cortex-m0plus": "cortex-m0plus",
  "cortex-m3": "cortex-m3",
  "cortex-m4": "cortex-m4",
  rv32imc: "hazard3",
};

const blocked = nestRecipe(schedules.blocked);

/** A family wherever it fits, the blocked nest elsewhere. */
function recipesOf(
  family: string,
  core: Core,
): Recipes & { readonly wayOf: (graph: Graph, node: Node) => Recipe } {
  const wayOf = (graph: Graph, node: Node): Recipe =>
    candidates(graph, node, core.features).find((way) => way.family === family) ?? blocked;
  return { name: family, refuses: () => undefined, of: (g, n) => wayOf(g, n), wayOf };
}

/** Instructions over counted cycles, by family, of the layers that multiply. */
async function ratiosOf(model: string, deviceId: string, core: Core): Promise<(readonly [string, number])[]> {
  const device = devices.find(({ id }) => id === deviceId)!;
  const file = readModelFile(`models/${model}.pt`, { files: [], values: {}, flags: new Set() });
  const prepared = prepare(file.graph, "int8", file.calibration);
  const variant = { strategy: "stream", frame: "pushed", fusePool: true } as const;
  const graph = graphOf(prepared, { ...variant, recipes: recipesOf("blocked", core) });
  const families = new Set(
    graph.nodes.flatMap((node) => candidates(graph, node, core.features).map(({ family }) => family)),
  );
  const found: (readonly [string, number])[] = [];
  for (const family of families) {
    const recipes = recipesOf(family, core);
    const planned = planVariant(prepared, { ...variant, recipes });
    const compiled = lowerPlanned(planned, recipes);
    const engine = { file, prepared, compiled, ...variant, recipes, choice: undefined };
    const { files } = printEngine(engine, "fit-ways");
    const builds = [{ compiler: "gcc", optimisation: "-O3" }] as const;
    const { layers } = await bestOnDevice({ files, layers: layersOf(compiled) }, device, builds);
    const counts = new Map(countProgram(compiled.program).map((entry) => [entry.layer, entry.counts]));
    for (const node of compiled.graph.nodes.filter(({ kind }) => kind === "conv2d" || kind === "linear")) {
      const instructions = layers.find(({ layer }) => layer === node.name)!.instructions;
      const { cycles } = estimate(counts.get(node.name)!, core);
      found.push([recipes.wayOf(compiled.graph, node).family, instructions / cycles]);
    }
    console.error(`${deviceId} ${model} ${family}`);
  }
  return found;
}

const geometricMean = (list: readonly number[]): number =>
  Math.exp(list.reduce((sum, x) => sum + Math.log(x), 0) / list.length);

const result: Record<string, Record<string, number>> = {};
for (const [deviceId, coreId] of Object.entries(fits)) {
  const core = cores.find(({ id }) => id === coreId)!;
  const ratios = new Map<string, number[]>();
  for (const model of models)
    for (const [family, ratio] of await ratiosOf(model, deviceId, core))
      ratios.set(family, [...(ratios.get(family) ?? []), ratio]);
  const base = geometricMean(ratios.get("blocked")!);
  result[deviceId] = Object.fromEntries(
    [...ratios].map(([family, list]) => [family, Number((geometricMean(list) / base).toFixed(3))]),
  );
}
console.log(`/**
 * How much dearer each family of recipes is than counted operations and prices say, beside the blocked nest, by core:
 * instructions emulated over cycles counted, as geometric means over layers. Written by \`scripts/fit-ways.ts\`.
 */
export const fitted: Readonly<Record<string, Readonly<Record<string, number>>>> = ${JSON.stringify(result, null, 2)};`);
