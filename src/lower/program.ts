/**
 * (Graph, Plan, Recipes) -> Program: a kernel a node, a kernel an input and an output, called in the plan's order.
 *
 * What an op computes is in its own file; where its rows lie is in `ring.ts`; how its loops are written is its recipe's.
 */
import { CompileError } from "../error.ts";
import { tensorOf } from "../graph/build.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { elementBytes } from "../loop/type-of.ts";
import type { Buffer, Kernel } from "../loop/ir.ts";
import type { Call, ConstantData, Program } from "../loop/program.ts";
import type { Plan } from "../plan/plan.ts";
import { kernelFamily } from "./family.ts";
import { bytesOf, residentKernel, type Resident } from "./in-ram.ts";
import { identifier } from "./name.ts";
import { lowerInput, lowerOutput, portOf } from "./ports.ts";
import type { Recipe, Recipes } from "./recipe.ts";
import { ringOf, type RowRing } from "./ring.ts";

/**
 * The graph must have been through the passes: no batch-norm, flatten or identity is left. The plan must set aside what
 * the recipes need (`planNeeds`).
 *
 * @throws CompileError where the recipes cannot be used for this graph.
 */
export function lowerProgram(graph: Graph, plan: Plan, recipes: Recipes): Program {
  const refusal = recipes.refuses(graph);
  if (refusal !== undefined) throw new CompileError(refusal);
  for (const node of graph.nodes) checkRowsPerStep(plan, node, recipes.of(graph, node));
  const ring = (name: string): RowRing => ringOf(graph, plan, name);
  const sums = new Map(graph.nodes.map((node) => [node.name, sumsOf(graph, plan, node)]));
  const nodes = graph.nodes.map((node) => {
    const recipe = recipes.of(graph, node);
    const lowered = recipe.lower(node, node.inputs.map(ring), ring(node.output), sums.get(node.name));
    const family = kernelFamily(graph, node, recipe.family, sums.get(node.name) !== undefined);
    return { ...lowered, kernel: { ...lowered.kernel, family } };
  });
  const inputs = graph.inputs.map((name) => lowerInput(ring(name)));
  const outputs = graph.outputs.map((name) => lowerOutput(ring(name)));
  const residents = graph.nodes.flatMap((node, i) => {
    const { resident = [] } = nodes[i]!;
    return resident.length > 0 ? [{ node, resident }] : [];
  });
  const copies = residents.map(({ node, resident }) => ({
    ...residentKernel(node, resident),
    family: "copy",
  }));
  const kernels: readonly Kernel[] = [...inputs, ...nodes.map((n) => n.kernel), ...outputs, ...copies];
  const rings = [...plan.rings.values()].map(({ tensor, offset }) => [ring(tensor).buffer, offset] as const);
  const scratch = nodes
    .flatMap((n) => n.scratch ?? [])
    .map(({ buffer, node, offset = 0 }) => [buffer, plan.scratch.get(node)!.offset + offset] as const);
  const accumulators = [...plan.accumulators.values()].map(
    ({ node, offset }) => [sums.get(node)!, offset] as const,
  );
  const constants = residents.flatMap(({ node, resident }) => placesOf(plan, node, resident));
  const placed = [...rings, ...scratch, ...accumulators, ...constants];
  return {
    name: graph.name,
    kernels,
    calls: [
      ...copies.map((_, i) => ({ kernel: kernels.length - copies.length + i, row: 0 })),
      ...callsOf(graph, plan),
    ],
    inputKernels: inputs.map((_, i) => i),
    inputs: graph.inputs.map((name) => portOf(ring(name).tensor)),
    outputs: graph.outputs.map((name) => portOf(ring(name).tensor)),
    constants: nodes.flatMap<ConstantData>((n) => n.constants),
    arenaBytes: plan.arenaBytes,
    arenaAlignment: arenaAlignment(
      plan,
      placed.map(([buffer]) => buffer),
    ),
    offsets: new Map(placed.map(([buffer, offset]) => [buffer.name, offset])),
    sharesCounts: recipes.sharesCounts ?? false,
  };
}

/** Where the constants of a node lie. A node that takes its input row by row may have fewer than were planned for. */
function placesOf(
  plan: Plan,
  { name }: Node,
  resident: readonly Resident[],
): readonly (readonly [Buffer, number])[] {
  const piece = plan.resident.get(name);
  if (!piece || piece.bytes < bytesOf(resident))
    throw new Error(`${name}: planned for ${piece?.bytes ?? 0} bytes of constants, has ${bytesOf(resident)}`);
  return resident.map(({ buffer, offset }) => [buffer, piece.offset + offset] as const);
}

/** A kernel called for other rows than the plan's would compute some twice and some never. */
function checkRowsPerStep(plan: Plan, { name }: Node, { rowsPerStep }: Recipe): void {
  const planned = plan.rowsPerStep.get(name) ?? 1;
  if (planned !== rowsPerStep) {
    throw new Error(`${name}: planned for ${planned} rows a step, but its recipe computes ${rowsPerStep}`);
  }
}

/** Sums, scratch and constants in RAM may be read as words. */
function arenaAlignment(plan: Plan, buffers: readonly Buffer[]): number {
  const hasWords = plan.scratch.size + plan.accumulators.size + plan.resident.size > 0;
  return Math.max(hasWords ? 4 : 1, ...buffers.map((buffer) => elementBytes[buffer.type]));
}

function sumsOf(graph: Graph, plan: Plan, node: Node): Buffer | undefined {
  const piece = plan.accumulators.get(node.name);
  if (!piece) return undefined;
  const type = tensorOf(graph, node.output).dtype === "f32" ? "f32" : "i32";
  const length = piece.bytes / elementBytes[type];
  return { name: `${identifier(node.name)}_sums`, type, length, space: "arena" };
}

function callsOf(graph: Graph, plan: Plan): readonly Call[] {
  const firstNode = graph.inputs.length;
  const firstOutput = firstNode + graph.nodes.length;
  const nodes = new Map(graph.nodes.map((node, i) => [node.name, firstNode + i]));
  return plan.events.map((event) => {
    switch (event.kind) {
      case "input":
        return { kernel: graph.inputs.indexOf(event.tensor), row: event.row };
      case "step":
        return { kernel: nodes.get(event.node)!, row: event.step };
      case "output":
        return { kernel: firstOutput + graph.outputs.indexOf(event.tensor), row: 0 };
    }
  });
}
