/**
 * A depthwise convolution by vectors of sixteen bytes: eight channels of a tile of the input are put into a patch channel by
 * channel, each column's rows side by side, so that all taps of a window lie behind one another and a vector or two
 * hold them. The store that scatters eight lanes turns the input round on its way in. Bytes of u8 are there less 128.
 */
import type { Conv2d, Node, Shape } from "../../graph/graph.ts";
import type { Buffer } from "../../loop/ir.ts";
import type { ConstantData } from "../../loop/program.ts";
import { axisOf, type Axis } from "../axis.ts";
import { constant, foldedBias } from "../constants.ts";
import { whyNotDepthwise } from "../depthwise/depthwise.ts";
import { identifier } from "../name.ts";
import type { RowRing } from "../ring.ts";
import { scalingOf, type Scaling } from "../scaling.ts";

export interface DepthwiseVectorOptions {
  /** Columns of the output that share a patch, at most. */
  readonly tile: number;
}

/** Channels in the patch at once, and channels whose sums are made at once. */
export const octet = 8;
export const quad = 4;
export const vectorBytes = 16;

export interface DepthwiseVectors {
  readonly node: Conv2d;
  readonly input: RowRing;
  readonly output: RowRing;
  readonly rows: Axis;
  readonly columns: Axis;
  readonly channels: number;
  /** Columns of the output of a tile; the last tile overlaps the one before where they do not divide the row. */
  readonly tile: number;
  readonly tiles: number;
  /** Columns of the input under a tile. */
  readonly width: number;
  /** Bytes of a channel in the patch, and vectors of its taps. */
  readonly perChannel: number;
  readonly vectors: number;
  readonly patch: Buffer;
  readonly weights: ConstantData;
  readonly scaling: Scaling;
  /** What padding is in the patch. */
  readonly zero: number;
}

/** Why there is no such kernel of a node; undefined if there is one. */
export function whyNotVectors(node: Node, input: Shape): string | undefined {
  const reason = whyNotDepthwise(node, input);
  if (reason !== undefined) return reason;
  const { weight, requantize } = node as Conv2d;
  if (weight.shape[0] !== input.c) return "has several outputs a channel";
  if (requantize!.roundsOnce) return "is rounded as PyTorch does";
  return input.c < octet ? `has fewer than ${octet} channels` : undefined;
}

export function depthwiseVectors(
  node: Conv2d,
  input: RowRing,
  output: RowRing,
  options: DepthwiseVectorOptions,
): DepthwiseVectors {
  const { shape, quantization, dtype } = input.tensor;
  const rows = axisOf(node.window, 0, shape.h, output.tensor.shape.h);
  const columns = axisOf(node.window, 1, shape.w, output.tensor.shape.w);
  const tiles = Math.ceil(columns.positions / options.tile);
  const tile = Math.ceil(columns.positions / tiles);
  const width = (tile - 1) * columns.stride + columns.kernel;
  const perChannel = width * rows.kernel;
  const zero = quantization!.zeroPoint - (dtype === "u8" ? 128 : 0);
  return {
    ...{ node, input, output, rows, columns, tile, tiles, width, perChannel, zero },
    channels: shape.c,
    vectors: Math.ceil((rows.kernel * columns.kernel) / vectorBytes),
    patch: {
      name: `${identifier(node.name)}_patch`,
      type: "i8",
      length: Math.ceil((octet * perChannel) / vectorBytes) * vectorBytes + vectorBytes,
      space: "arena",
    },
    weights: packed(node),
    scaling: scalingOf(node, output, foldedBias(node.bias.data as Int32Array, node.weight, zero), "planes"),
  };
}

/** (channel, vector, 16): taps column by column, behind them weights of 0. */
function packed({ name, weight }: Conv2d): ConstantData {
  const [channels, kh, kw] = weight.shape as readonly [number, number, number];
  const length = Math.ceil((kh * kw) / vectorBytes) * vectorBytes;
  const bytes = new Int8Array(channels * length);
  for (let oc = 0; oc < channels; oc++) {
    for (let tap = 0; tap < kh * kw; tap++) {
      const [kx, ky] = [Math.floor(tap / kh), tap % kh];
      bytes[oc * length + tap] = weight.data[(oc * kh + ky) * kw + kx]!;
    }
  }
  return constant(name, "vectors", bytes);
}
