/**
 * Dense int8 convolution by a sliding window over an expanded patch, with its clamp and the maximum of a pooling window.
 *
 * One call computes one row of the output, block by block of neighbouring columns. The input under a block is expanded
 * once (`expand.ts`) and serves all output channels; for each group of these the sums of all columns stay in registers
 * while the planes of the patch stream by (`stream.ts`). Whatever the options, the bytes are those of the plain nest.
 */
import type { Conv2d, Tensor } from "../../graph/graph.ts";
import { byteLimits } from "../../graph/quantized.ts";
import { add, c, declare, mul, row } from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import { rewriteKernel } from "../../loop/rewrite/apply.ts";
import { turns } from "../axis.ts";
import type { Lowered } from "../lowered.ts";
import { identifier } from "../name.ts";
import { rowStart, type RowRing } from "../ring.ts";
import { expandPatch } from "./expand.ts";
import { finishOf } from "./finish.ts";
import { geometryOf, type Block } from "./geometry.ts";
import type { WindowOptions } from "./options.ts";
import { lifted, patchBytes, patchOf, type Patch } from "./patch.ts";
import { pixelsOf } from "./pixels.ts";
import type { Group } from "./sums.ts";
import { byteWeights, sumsFit, wordWeights } from "./weights.ts";

/** Working memory of `lowerWindow`, in bytes. */
export function windowScratch(node: Conv2d, input: Tensor, options: WindowOptions): number {
  return patchBytes(patchOf(node.name, geometryOf(node, input.shape, options), options.lanes));
}

/** The layer must fit (`windowFits`). */
export function lowerWindow(node: Conv2d, input: RowRing, output: RowRing, options: WindowOptions): Lowered {
  const geometry = geometryOf(node, input.tensor.shape, options);
  const { columns, pool } = geometry;
  const patch = patchOf(node.name, geometry, options.lanes);
  const inputZero = input.tensor.quantization!.zeroPoint;
  const weights = weightsOf(node, input.tensor, patch, options);
  const finish = finishOf(node, inputZero + lifted(patch, input.tensor), output, options.roundOnce);
  const channels = output.tensor.shape.c;
  const atOnce = Math.min(options.lanes === 2 ? 2 : options.outputs, channels);
  const groups = Math.floor(channels / atOnce);
  const blockAt = (px: Expr, block: Block, tag: string): readonly Stmt[] => {
    const channelsAt = (number: Expr, size: number, own: string): readonly Stmt[] =>
      turns(`group${tag}${own}`, block.groups, (index) => {
        const first = mul(index, block.pixels * pool.columns.stride * columns.stride);
        const group: Group = {
          ...{ geometry, patch, options, block, first, atOnce, size, number, ...weights },
          ...{ tag: `${tag}${own}`, bias: finish.bias },
        };
        return pixelsOf(group, finish, add(px, mul(index, block.pixels)));
      });
    return [
      ...expandPatch({ geometry, patch, input, block, px, tag }),
      ...turns(`oc${tag}`, groups, (number) => channelsAt(number, atOnce, "")),
      ...(channels % atOnce > 0 ? channelsAt(c(groups), channels % atOnce, "o") : []),
    ];
  };
  const { count, block, rest } = geometry;
  const body = [
    declare("out", rowStart(output, row)),
    ...turns("block", count, (b) => blockAt(mul(b, block.pixels * block.groups), block, "")),
    ...(rest ? blockAt(c(count * block.pixels * block.groups), rest, "r") : []),
  ];
  const kernel = { name: identifier(node.name), layer: node.name, body, ordered: true };
  return {
    kernel: rewriteKernel(
      kernel,
      [
        { rewrite: "unroll", loop: "q", factor: 4 },
        { rewrite: "unroll", loop: "qr", factor: 4 },
      ],
      output.tensor.shape.h,
    ),
    constants: [weights.weight, ...finish.constants],
    scratch: [{ buffer: patch.buffer, node: node.name }],
  };
}

function weightsOf(
  node: Conv2d,
  { dtype }: Tensor,
  patch: Patch,
  { lanes, outputs }: WindowOptions,
): Pick<Group, "weight" | "summed"> {
  if (lanes === 1) return { weight: byteWeights(node, outputs), summed: false };
  const { min, max } = byteLimits(dtype as "i8" | "u8");
  const summed = sumsFit(node, min, max);
  return { weight: wordWeights(node, patch, summed), summed };
}
