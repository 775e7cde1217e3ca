/**
 * A convolution by vectors of sixteen bytes: a row of taps of a window, kernel columns × channels, is contiguous in the
 * input, and so a few vectors, the last filled up with weights of 0. What they are multiplied with is a patch: the input under a
 * block of columns, padding filled in, bytes of u8 less 128.
 */
import type { Conv2d } from "../../graph/graph.ts";
import type { Buffer } from "../../loop/ir.ts";
import { foldedBias } from "../constants.ts";
import { identifier } from "../name.ts";
import type { RowRing } from "../ring.ts";
import { scalingOf, type Scaling } from "../scaling.ts";
import { geometryOf, type Geometry, type Tiling } from "../window/geometry.ts";
import { packVectors, type Vectors } from "./weights.ts";

export interface VectorOptions extends Tiling {
  /** Channels whose sums are in registers together, 4 or fewer: VMLADAVA adds to every other register only. */
  readonly channels: 2 | 4;
}

/** Bytes of a vector. */
export const vectorBytes = 16;

export interface VectorLayer {
  readonly node: Conv2d;
  readonly input: RowRing;
  readonly output: RowRing;
  readonly geometry: Geometry;
  readonly weights: Vectors;
  readonly scaling: Scaling;
  readonly patch: Buffer;
  /** What padding is in the patch. */
  readonly zero: number;
  readonly channels: VectorOptions["channels"];
}

export function vectorLayer(
  node: Conv2d,
  input: RowRing,
  output: RowRing,
  options: VectorOptions,
): VectorLayer {
  const { tensor } = input;
  const geometry = geometryOf(node, tensor.shape, options);
  const zero = tensor.quantization!.zeroPoint - (tensor.dtype === "u8" ? 128 : 0);
  const starts = foldedBias(node.bias.data as Int32Array, node.weight, zero);
  const length = patchLength(geometry);
  return {
    node,
    input,
    output,
    geometry,
    weights: packVectors(node),
    scaling: scalingOf(node, output, starts, "planes"),
    patch: { name: `${identifier(node.name)}_patch`, type: "i8", length, space: "arena" },
    zero,
    channels: options.channels,
  };
}

/** The last row's last vector may reach beyond it. */
export function patchLength({ patchRows, block, input }: Geometry): number {
  return Math.ceil((patchRows * block.width * input.c) / 4) * 4 + vectorBytes;
}
