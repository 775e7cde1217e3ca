/** The real CMSIS-NN on emulated cores, for the network and the frame that our engine runs. */
import type { Prepared } from "../../compile.ts";
import type { Graph } from "../../graph/graph.ts";
import { fusePool } from "../../pass/fuse-pool.ts";
import { planMemory } from "../../plan/plan-memory.ts";
import { bestOnDevice, type DeviceResult, gccBuilds, type LayeredProgram } from "../device/best.ts";
import type { Device } from "../device/list.ts";
import { type ByteSample, printDriver } from "./driver.ts";
import type { CmsisNn } from "./library.ts";

export interface CmsisNnResult extends DeviceResult {
  /** Output bytes that are not the evaluator's, and by how much at most. */
  readonly differing: number;
  readonly worst: number;
}

/** Throws a `CompileError` for what the driver has no call for. */
export function cmsisNnProgram({ graph }: Prepared, sample: ByteSample, library: CmsisNn): LayeredProgram {
  const plan = planMemory(graph, { strategy: "best-fit", frame: "resident" });
  return {
    files: printDriver({ graph, plan }, sample),
    library,
    layers: layersOf(graph),
    foreign: true,
  };
}

export async function cmsisNnOnDevice(program: LayeredProgram, device: Device): Promise<CmsisNnResult> {
  const result = await bestOnDevice(program, device, gccBuilds);
  return { ...result, differing: result.returned & 0xffff, worst: result.returned >>> 16 };
}

/** By kernel number: the frame's copy, each node, the result's copy. A pool counts with the convolution that ours fuses it into. */
function layersOf(graph: Graph): readonly string[] {
  const fused = new Set(fusePool(graph).nodes.map(({ name }) => name));
  const names: string[] = [];
  for (const { name } of graph.nodes) names.push(fused.has(name) ? name : names.at(-1)!);
  return [graph.inputs[0]!, ...names, names.at(-1)!];
}
