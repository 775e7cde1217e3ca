/**
 * Exact integer Winograd along y: m rows of a convolution from m + r − 1 convolutions along x, where direct ones need
 * m × r. It costs flash: weights of 16 bits, m + r − 1 rows of them instead of r of bytes.
 *
 * A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308, in one dimension and in integers;
 * the bytes are those of every other lowering, which `proof.ts` shows layer by layer or refuses.
 */
import { tensorOf } from "../../graph/build.ts";
import type { Conv2d, Graph, Node, Tensor } from "../../graph/graph.ts";
import { byteLimits } from "../../graph/quantized.ts";
import { add, declare, forLoop, min, mul, v } from "../../loop/build.ts";
import type { Kernel, Stmt } from "../../loop/ir.ts";
import type { ConstantData } from "../../loop/program.ts";
import { rewriteKernel } from "../../loop/rewrite/apply.ts";
import { turns } from "../axis.ts";
import { foldedBias } from "../constants.ts";
import type { Lowered } from "../lowered.ts";
import { identifier } from "../name.ts";
import type { Recipe, Recipes } from "../recipe.ts";
import { wholeRing } from "../ring.ts";
import { geometryOf, windowFits } from "../window/geometry.ts";
import { outputsOver, patchBytes, scratchBytes, under, winogradNest } from "./nest.ts";
import type { WinogradNest, WinogradOptions } from "./nest.ts";
import { preparePatch } from "./patch.ts";
import { packWeights, sumProducts } from "./products.ts";
import { whyInexact } from "./proof.ts";
import { storeResults } from "./results.ts";
import { toomCook } from "./toom-cook.ts";

/** The recipe of a layer, or why it has none. */
export function winogradRecipe(graph: Graph, node: Node, options: WinogradOptions): Recipe | string {
  if (node.kind !== "conv2d") return `${node.name} is a ${node.kind}`;
  const input = tensorOf(graph, node.inputs[0]!);
  const unfit = windowFits(node, input.shape) ?? whyUnfit(node, input, options.m);
  if (unfit !== undefined) return `${node.name} ${unfit}`;
  const nest = winogradNest(node, wholeRing(input), wholeRing(tensorOf(graph, node.output)), options);
  const { m, lanes, columns, groups, order, unroll } = options;
  return {
    name: `winograd F(${m},${node.window.kernel[0]}) ${columns}x${groups}${lanes === 2 ? " by pairs" : ""}`,
    family: `winograd ${m} ${lanes}-lane ${columns} by ${order} u${unroll}`,
    scratchBytes: scratchBytes(nest),
    rowsPerStep: nest.rowsPerStep,
    writesApart: () => true,
    lower: (_, [from], to) => lowerWinograd(winogradNest(node, from!, to, options)),
  };
}

/** Winograd wherever it fits, elsewhere what `others` say. */
export function winograd(options: WinogradOptions, others: Recipes): Recipes {
  return {
    name: `winograd F(${options.m},r)`,
    refuses: others.refuses,
    of(graph, node) {
      const recipe = winogradRecipe(graph, node, options);
      return typeof recipe === "string" ? others.of(graph, node) : recipe;
    },
  };
}

function whyUnfit(node: Conv2d, input: Tensor, m: number): string | undefined {
  const { kernel, stride, dilation } = node.window;
  const [taps] = kernel;
  if (taps !== 3 && taps !== 5) return `has a kernel of ${taps} rows, not 3 or 5`;
  if (Math.max(...stride, ...dilation) > 1) return "has a stride or a dilation";
  const { pool } = geometryOf(node, input.shape, { columns: 1, groups: 1 });
  const made = outputsOver(pool.rows, m);
  if (made < 1 || under(pool.rows, made) !== m) return `has a pool that does not end with ${m} rows`;
  const bias = foldedBias(node.bias.data as Int32Array, node.weight, input.quantization!.zeroPoint);
  const weights = { data: node.weight.data, bias, perRow: kernel[1] * input.shape.c };
  const { min: lo, max: hi } = byteLimits(input.dtype as "i8" | "u8");
  return whyInexact(toomCook(m, taps), weights, { lo, hi });
}

function lowerWinograd(nest: WinogradNest): Lowered {
  const { node, patch, products, rows, finish } = nest;
  const weights = packWeights(nest);
  const kernel: Kernel = {
    name: identifier(node.name),
    layer: node.name,
    body: step(nest, weights),
    ordered: true,
  };
  return {
    kernel: rewriteKernel(kernel, [{ rewrite: "unroll", loop: "word", factor: 4 }], rows.positions),
    constants: [weights, ...finish.constants.filter(({ data }) => data.length > 1)],
    steps: rows.positions,
    scratch: [
      { buffer: patch, node: node.name },
      { buffer: products, node: node.name, offset: patchBytes(nest) },
    ],
  };
}

/** Block by block: all channels of one while its patch is there. */
function step(nest: WinogradNest, weights: ConstantData): readonly Stmt[] {
  const { output, blocks, groups, group, pool } = nest;
  const { w, c } = output.tensor.shape;
  const perBlock = groups * group.pixels;
  return turns("block", blocks, (block) => [
    declare("first", min(mul(block, perBlock), w - perBlock)),
    ...preparePatch(nest, mul(v("first"), pool.columns.stride)),
    forLoop("oc", c, [
      ...turns("group", groups, (g) => {
        const pixels = mul(g, group.pixels);
        return [
          ...sumProducts(nest, weights, v("oc"), mul(pixels, pool.columns.stride)),
          ...storeResults(nest, v("oc"), add(v("first"), pixels)),
        ];
      }),
    ]),
  ]);
}
