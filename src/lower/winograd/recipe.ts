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
import { forLoop, min, mul, add, declare, v } from "../../loop/build.ts";
import type { Kernel, Stmt } from "../../loop/ir.ts";
import type { Interval } from "../../loop/range.ts";
import { rewriteKernel } from "../../loop/rewrite/apply.ts";
import type { ConstantData } from "../../loop/program.ts";
import { isClipped, turns } from "../axis.ts";
import { nestOf } from "../conv2d.ts";
import type { Lowered } from "../lowered.ts";
import { identifier } from "../name.ts";
import type { Recipe } from "../recipe.ts";
import { wholeRing, type RowRing } from "../ring.ts";
import { outputsOf, patchBytes, pooledOf, under, winogradNest, type WinogradNest } from "./nest.ts";
import { preparePatch } from "./patch.ts";
import { packWeights, sumProducts } from "./products.ts";
import { whyInexact } from "./proof.ts";
import { storeResults } from "./results.ts";
import { toomCook } from "./toom-cook.ts";

export interface WinogradOptions {
  /** Rows of the convolution that a step computes. */
  readonly m: 2 | 4;
  /** Channels multiplied at once: 2 where there is an instruction for two products (SMLAD). */
  readonly lanes: 1 | 2;
  /** Columns of the convolution whose sums are in registers together: what the core has registers for. */
  readonly columns: number;
  /** So many columns, again and again, for one transform of the inputs: more is faster and takes more scratch. */
  readonly groups: number;
  /** Words of channels multiplied in one turn of a loop, at most: more code and fewer branches. */
  readonly unroll: number;
}

/** The recipe of a layer, or why it has none. */
export function winogradRecipe(graph: Graph, node: Node, options: WinogradOptions): Recipe | string {
  if (node.kind !== "conv2d") return `${node.kind} is no convolution`;
  const [input, output] = [tensorOf(graph, node.inputs[0]!), tensorOf(graph, node.output)];
  const unfit = whyUnfit(node, input, output, options);
  if (unfit !== undefined) return unfit;
  const nest = nestFor(node, wholeRing(input), wholeRing(output), options);
  const { m, lanes, columns } = options;
  return {
    name: `winograd ${m}x${node.window.kernel[0]}, ${columns} columns${lanes === 2 ? ", 2 lanes" : ""}`,
    scratchBytes: patchBytes(nest) + 4 * nest.products.length,
    rowsPerStep: nest.rowsPerStep,
    lower: (_, [from], to) => lowerWinograd(nestFor(node, from!, to, options)),
  };
}

function whyUnfit(
  node: Conv2d,
  input: Tensor,
  output: Tensor,
  { m, columns }: WinogradOptions,
): string | undefined {
  const { kernel, stride, dilation } = node.window;
  const [taps] = kernel;
  if (input.dtype === "f32") return "Winograd is for int8";
  if (taps !== 3 && taps !== 5) return `kernels of ${taps} rows are not 3 or 5`;
  if (Math.max(...stride, ...dilation) > 1) return "stride and dilation must be 1";
  if (node.groups > 1) return `${node.groups} groups, not 1`;
  const conv = nestOf(node, wholeRing(input), wholeRing(output));
  const { rows, columns: across } = pooledOf(conv);
  if (conv.pool && (isClipped(conv.pool.rows) || isClipped(conv.pool.columns)))
    return "its pool leaves the image";
  if (node.pool && Math.max(...node.pool.dilation) > 1) return "its pool is dilated";
  const made = outputsOf(rows, m);
  if (made < 1 || under(rows, made) !== m) return `${m} rows are no whole number of the pool's`;
  if (outputsOf(across, columns) < 1) return `${columns} columns are fewer than the pool's ${across.kernel}`;
  return whyInexact(
    toomCook(m, taps),
    { data: node.weight.data, bias: conv.bias.data, perRow: kernel[1] * conv.channels },
    rangeOfInput(input, conv.zeroPoint),
  );
}

function rangeOfInput({ dtype }: Tensor, zeroPoint: number): Interval {
  const { min: lo, max: hi } = byteLimits(dtype === "u8" ? "u8" : "i8");
  return { lo: lo - zeroPoint, hi: hi - zeroPoint };
}

function nestFor(node: Conv2d, input: RowRing, output: RowRing, options: WinogradOptions): WinogradNest {
  const { m, ...shape } = options;
  return winogradNest(nestOf(node, input, output), {
    ...shape,
    toomCook: toomCook(m, node.window.kernel[0]),
  });
}

function lowerWinograd(nest: WinogradNest): Lowered {
  const { conv, patch, products, rows } = nest;
  const { node, bias, multiplier, shift } = conv;
  const weights = packWeights(nest);
  const kernel: Kernel = { name: identifier(node.name), layer: node.name, body: step(nest, weights) };
  return {
    kernel: rewriteKernel(kernel, [], rows.positions),
    constants: [weights, ...[bias, multiplier!, shift!].filter(({ data }) => data.length > 1)],
    steps: rows.positions,
    scratch: [
      { buffer: patch, node: node.name },
      { buffer: products, node: node.name, offset: patchBytes(nest) },
    ],
  };
}

/** Block by block: all channels of one while its patch is there. */
function step(nest: WinogradNest, weights: ConstantData): readonly Stmt[] {
  const { conv, blocks, groups, group, pool } = nest;
  const perBlock = groups * group.outputs;
  return turns("block", blocks, (block) => [
    declare("first", min(mul(block, perBlock), conv.output.tensor.shape.w - perBlock)),
    ...preparePatch(nest, mul(v("first"), pool.columns.stride)),
    forLoop("oc", conv.outputChannels, [
      ...turns("group", groups, (g) => {
        const outputs = mul(g, group.outputs);
        return [
          ...sumProducts(nest, weights, v("oc"), mul(outputs, pool.columns.stride)),
          ...storeResults(nest, v("oc"), add(v("first"), outputs)),
        ];
      }),
    ]),
  ]);
}
