/** Limits of a fused activation, and the layer that is nothing else. */
import { byteLimits } from "../graph/quantized.ts";
import type { Clamp, ClampNode, DType } from "../graph/graph.ts";
import { add, f, load, max, min, row, store, type Operand } from "../loop/build.ts";
import type { Expr } from "../loop/ir.ts";
import { turns } from "./axis.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";

/** `value` limited; a byte always, a float where a limit is finite. */
export function limited(value: Expr, dtype: DType, clamp: Clamp | undefined): Expr {
  const limit = (x: number): Operand => (dtype === "f32" ? f(x) : x);
  const { min: low, max: high } =
    clamp ?? (dtype === "f32" ? { min: -Infinity, max: Infinity } : byteLimits(dtype));
  const raised = low === -Infinity ? value : max(value, limit(low));
  return high === Infinity ? raised : min(raised, limit(high));
}

export function lowerClamp(node: ClampNode, input: RowRing, output: RowRing): Lowered {
  const body = turns("px", output.rowLength, (px) => [
    store(
      output.buffer,
      add(rowStart(output, row), px),
      limited(load(input.buffer, add(rowStart(input, row), px)), output.tensor.dtype, node.clamp),
    ),
  ]);
  return { kernel: { name: identifier(node.name), layer: node.name, body }, constants: [] };
}
