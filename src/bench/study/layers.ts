/** What each layer of the compiled network costs: MACs, weights, RAM, and cycles on every core. */
import { countProgram } from "../../backend/count.ts";
import type { Compiled } from "../../compile.ts";
import { cores } from "../../core/cores.ts";
import { estimate } from "../../core/estimate.ts";
import { macs, parameterBytes } from "../../graph/count.ts";
import { describe } from "../../graph/describe.ts";
import type { LayerCounts } from "../../loop/operation.ts";
import type { Measurement } from "../../measurement.ts";
import { heldRows } from "../../plan/lives.ts";
import type { LayerReport } from "../../report/data.ts";

export function layerReports({ graph, plan, program }: Compiled, variant: string): LayerReport[] {
  const counts = new Map(countProgram(program).map((layer) => [layer.layer, layer]));
  const held = heldRows(graph, plan);
  return graph.nodes.map((node) => {
    const { shape } = graph.tensors.get(node.output)!;
    const { rowBytes } = plan.rings.get(node.output)!;
    const rows = held.get(node.output)!;
    const counted = (metric: Measurement["metric"], value: number, source: string): Measurement => ({
      metric,
      value,
      how: "counted",
      variant,
      layer: node.name,
      source,
    });
    return {
      path: node.name,
      what: describe(node, graph.tensors.get(node.output)),
      output: `${shape.h}×${shape.w}×${shape.c}`,
      measurements: [
        counted("macs", macs(graph, node), "multiply-accumulates by definition"),
        counted("weightBytes", parameterBytes(node), "weights, biases, multipliers and shifts"),
        counted("arenaBytes", rows * rowBytes, `output ring: ${rows} of ${shape.h} rows of ${rowBytes} B`),
        ...layerCycles(counts.get(node.name), variant),
      ],
    };
  });
}

function layerCycles(layer: LayerCounts | undefined, variant: string): Measurement[] {
  if (!layer) return [];
  return cores.map((core) => ({
    metric: "cycles",
    value: Math.round(estimate(layer.counts, core).cycles),
    how: "estimated",
    variant,
    layer: layer.layer,
    core: core.id,
    source: estimateSource(core.part),
  }));
}

export const estimateSource = (part: string): string =>
  `operations counted after scheduling x manual's prices, ${part}; error not yet known`;
