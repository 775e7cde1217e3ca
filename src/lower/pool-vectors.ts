/**
 * Pools by vectors, for cores with Helium: the maximum of sixteen channels at a time; of average pools that take their input
 * row by row, the sums of four.
 */
import { accumulation } from "../graph/accumulate.ts";
import { tensorOf } from "../graph/build.ts";
import type { Graph, MaxPool2d, Node } from "../graph/graph.ts";
import { add, assign, declare, intrinsic, min, mul, row, splat16, store, v, widen } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import { accumulatePool } from "./accumulate.ts";
import { axisOf, isClipped, place, span, turns } from "./axis.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import type { Recipe } from "./recipe.ts";
import { rowStart, type RowRing } from "./ring.ts";
import { schedules } from "./schedule.ts";
import { nestRecipe } from "./scheduled.ts";

/** Bytes of a vector, and sums of one. */
const bytes = 16;
const sums = 4;

const nest = nestRecipe(schedules.blocked);

/** The recipe, or why there is none for the node. */
export function poolVectorRecipe(graph: Graph, node: Node): Recipe | string {
  const { shape, dtype } = tensorOf(graph, node.inputs[0]!);
  const name = "pool by vectors";
  const recipe = { name, family: name, scratchBytes: 0, rowsPerStep: 1 };
  if (dtype !== "i8" && dtype !== "u8") return `${node.name} is not int8`;
  if (node.kind === "maxPool2d") {
    if (shape.c < bytes) return `${node.name} has fewer than ${bytes} channels`;
    return { ...recipe, lower: (_, [input], output) => lowerMaxPool(node, input!, output) };
  }
  if (node.kind !== "avgPool2d") return `${node.name} is a ${node.kind}`;
  if (!accumulation(graph, node)) return `${node.name} has several rows`;
  if (shape.c % sums > 0) return `${node.name} has ${shape.c} channels`;
  if (isClipped(axisOf(node.window, 1, shape.w, tensorOf(graph, node.output).shape.w)))
    return `${node.name} has windows that leave the image`;
  return {
    ...recipe,
    lower: (_, inputs, output, accumulators) =>
      accumulators
        ? accumulatePool(node, inputs[0]!, output, accumulators, sums)
        : nest.lower(node, inputs, output, accumulators),
  };
}

/** As the plain nest; the last sixteen channels overlap those before, where sixteen do not divide them. */
function lowerMaxPool(node: MaxPool2d, input: RowRing, output: RowRing): Lowered {
  const { shape } = input.tensor;
  const rows = axisOf(node.window, 0, shape.h, output.tensor.shape.h);
  const columns = axisOf(node.window, 1, shape.w, output.tensor.shape.w);
  const best = v("best", "i8x16");
  const body = turns("px", columns.positions, (px) => {
    const kys = span(rows, row, "ky");
    const kxs = span(columns, px, "kx");
    const reduce = (oc: Expr): readonly Stmt[] =>
      turns("ky", kys.count, (ky) => [
        declare("base", rowStart(input, place(rows, row, add(kys.from, ky)))),
        ...turns("kx", kxs.count, (kx) => {
          const at = add(v("base"), mul(place(columns, px, add(kxs.from, kx)), shape.c), oc);
          return [assign("best", intrinsic("maxLanes", best, widen(input.buffer, at, bytes)))];
        }),
      ]);
    return [
      ...kys.lets,
      ...kxs.lets,
      ...turns("oc", Math.ceil(shape.c / bytes), (o) => {
        const oc = min(mul(o, bytes), shape.c - bytes);
        return [
          declare("best", splat16(-128)),
          ...reduce(oc),
          store(output.buffer, add(rowStart(output, row), mul(px, shape.c), oc), best),
        ];
      }),
    ];
  });
  return { kernel: { name: identifier(node.name), layer: node.name, body }, constants: [] };
}
