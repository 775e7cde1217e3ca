/**
 * (Graph, Plan, Schedule) -> Program: a kernel a node, a kernel an input and an output, called in the plan's order.
 *
 * What an op computes is in its own file; where its rows lie is in `ring.ts`; how its loops are written is the schedule's.
 */
import { CompileError } from "../error.ts";
import { tensorOf } from "../graph/build.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { elementBytes } from "../loop/type-of.ts";
import type { Buffer, Kernel } from "../loop/ir.ts";
import type { Call, ConstantData, Program } from "../loop/program.ts";
import type { Plan } from "../plan/plan.ts";
import { lowerAccumulating } from "./accumulate.ts";
import { lowerActivation } from "./activation.ts";
import { lowerAdaptivePool2d } from "./adaptive-pool2d.ts";
import { lowerAvgPool2d } from "./avg-pool2d.ts";
import { lowerBinary } from "./binary.ts";
import { lowerClamp } from "./clamp.ts";
import { lowerConcat } from "./concat.ts";
import { lowerConvTranspose2d } from "./conv-transpose2d.ts";
import { lowerConv2d } from "./conv2d.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { lowerMaxPool2d } from "./max-pool2d.ts";
import { lowerPad } from "./pad.ts";
import { lowerPixelShuffle } from "./pixel-shuffle.ts";
import { lowerUpsample } from "./upsample.ts";
import { lowerInput, lowerOutput, portOf } from "./ports.ts";
import { lowerReshape } from "./reshape.ts";
import { ringOf, type RowRing } from "./ring.ts";
import { lowerSoftmax } from "./softmax.ts";
import { lowerSlice } from "./slice.ts";
import { lowerTranspose } from "./transpose.ts";
import { applySchedule } from "./apply-schedule.ts";
import type { Schedule } from "./schedule.ts";

/**
 * The graph must have been through the passes: no batch-norm, flatten or identity is left.
 *
 * @throws CompileError where the schedule cannot be used for this graph.
 */
export function lowerProgram(graph: Graph, plan: Plan, schedule: Schedule): Program {
  const isFloat = [...graph.tensors.values()].some((tensor) => tensor.dtype === "f32");
  if (schedule.lanes && isFloat) {
    throw new CompileError(
      `schedule ${schedule.name} is for int8 networks; use --dtype int8 or --schedule blocked`,
    );
  }
  return assemble(graph, plan, (node, inputs, output, sums) => {
    const lowered = lowerNode(node, inputs, output, { sums, lanes: schedule.lanes });
    return applySchedule(node, lowered, schedule, lowered.steps ?? output.tensor.shape.h);
  });
}

/** Lowers one node, given where its inputs and its output lie and, if it accumulates, its sums. */
export type LowerNode = (
  node: Node,
  inputs: readonly RowRing[],
  output: RowRing,
  sums: Buffer | undefined,
) => Lowered;

export interface LowerOptions {
  /** The accumulators of a node that takes its input row by row. */
  readonly sums?: Buffer | undefined;
  /** Taps are laid out for vectors of this many bytes. */
  readonly lanes?: 8 | undefined;
}

export function lowerNode(
  node: Node,
  inputs: readonly RowRing[],
  output: RowRing,
  { sums, lanes }: LowerOptions = {},
): Lowered {
  const input = inputs[0]!;
  if (sums) return lowerAccumulating(node, input, output, { sums, lanes });
  switch (node.kind) {
    case "conv2d":
    case "linear":
      return lowerConv2d(node, input, output, lanes);
    case "maxPool2d":
      return lowerMaxPool2d(node, input, output);
    case "avgPool2d":
      return lowerAvgPool2d(node, input, output);
    case "clamp":
      return lowerClamp(node, input, output);
    case "add":
    case "sub":
    case "mul":
      return lowerBinary(node, [input, inputs[1]!], output);
    case "activation":
      return lowerActivation(node, input, output);
    case "softmax":
      return lowerSoftmax(node, input, output);
    case "concat":
      return lowerConcat(node, inputs, output);
    case "slice":
      return lowerSlice(node, input, output);
    case "transpose":
      return lowerTranspose(node, input, output);
    case "reshape":
      return lowerReshape(node, input, output);
    case "adaptivePool2d":
      return lowerAdaptivePool2d(node, input, output);
    case "pad":
      return lowerPad(node, input, output);
    case "upsample":
      return lowerUpsample(node, input, output);
    case "pixelShuffle":
      return lowerPixelShuffle(node, input, output);
    case "convTranspose2d":
      return lowerConvTranspose2d(node, input, output);
    case "batchNorm":
    case "flatten":
    case "identity":
      throw new Error(`${node.name}: a ${node.kind} reached lowering; a pass should have removed it`);
  }
}

/** The program around the kernels: ports, calls, constants and addresses. */
export function assemble(graph: Graph, plan: Plan, lower: LowerNode): Program {
  const ring = (name: string): RowRing => ringOf(graph, plan, name);
  const sums = new Map(graph.nodes.map((node) => [node.name, sumsOf(graph, plan, node)]));
  const nodes = graph.nodes.map((node) =>
    lower(node, node.inputs.map(ring), ring(node.output), sums.get(node.name)),
  );
  const inputs = graph.inputs.map((name) => lowerInput(ring(name)));
  const outputs = graph.outputs.map((name) => lowerOutput(ring(name)));
  const kernels: readonly Kernel[] = [...inputs, ...nodes.map((n) => n.kernel), ...outputs];
  const rings = [...plan.rings.values()].map(({ tensor, offset }) => [ring(tensor).buffer, offset] as const);
  const scratch = nodes
    .flatMap((n) => n.scratch ?? [])
    .map(({ buffer, node }) => [buffer, plan.scratch.get(node)!.offset] as const);
  const accumulators = [...plan.accumulators.values()].map(
    ({ node, offset }) => [sums.get(node)!, offset] as const,
  );
  const placed = [...rings, ...scratch, ...accumulators];
  return {
    name: graph.name,
    kernels,
    calls: callsOf(graph, plan),
    inputKernels: inputs.map((_, i) => i),
    inputs: graph.inputs.map((name) => portOf(ring(name).tensor)),
    outputs: graph.outputs.map((name) => portOf(ring(name).tensor)),
    constants: nodes.flatMap<ConstantData>((n) => n.constants),
    arenaBytes: plan.arenaBytes,
    arenaAlignment: Math.max(1, ...placed.map(([buffer]) => elementBytes[buffer.type])),
    offsets: new Map(placed.map(([buffer, offset]) => [buffer.name, offset])),
  };
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
