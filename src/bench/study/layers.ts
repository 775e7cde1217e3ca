/** What each layer of the compiled network costs: MACs, weights, RAM, and cycles on every core. */
import { workOf } from "../../backend/count.ts";
import type { Compiled } from "../../compile.ts";
import { cores } from "../../core/cores.ts";
import type { Core } from "../../core/core.ts";
import { estimateLayer, provenanceWords, type Estimate } from "../../core/estimate.ts";
import { macs, parameterBytes } from "../../graph/count.ts";
import { describe } from "../../graph/describe.ts";
import type { KernelWork } from "../../loop/operation.ts";
import type { Measurement } from "../../measurement.ts";
import { heldRows } from "../../plan/lives.ts";
import type { LayerReport } from "../../report/data.ts";

export function layerReports({ graph, plan, program }: Compiled, variant: string): LayerReport[] {
  const work = workOf(program);
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
        ...layerCycles(
          work.filter(({ layer }) => layer === node.name),
          variant,
        ),
      ],
    };
  });
}

function layerCycles(kernels: readonly KernelWork[], variant: string): Measurement[] {
  const [first] = kernels;
  if (!first) return [];
  return cores.flatMap((core) =>
    cyclesMeasured(estimateLayer(kernels, core), core, variant).map((m) => ({ ...m, layer: first.layer })),
  );
}

/** The cycles of an estimate; nothing where there is none. */
export function cyclesMeasured(found: Estimate, core: Core, variant: string): Measurement[] {
  if (found.kind === "none") return [];
  const { cycles, error } = found;
  const source = `${provenanceWords(found)}; ${core.part}`;
  return [{ metric: "cycles", value: cycles, how: "estimated", error, variant, core: core.id, source }];
}
