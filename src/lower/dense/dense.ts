/**
 * A dense layer: every output channel of a pixel is a sum over one run of its input, or several. Pointwise convolutions
 * have one run a pixel, its channels; a linear layer is one pixel whose runs are the rows of its input, or all of it.
 */
import type { Conv2d, Linear, Node } from "../../graph/graph.ts";
import { add, mul, row, type Operand } from "../../loop/build.ts";
import type { Expr } from "../../loop/ir.ts";
import { rowStart, type RowRing } from "../ring.ts";

export interface Dense {
  readonly node: Conv2d | Linear;
  readonly input: RowRing;
  readonly output: RowRing;
  /** Runs of a sum, and elements of each. */
  readonly runs: number;
  readonly length: number;
  /** Pixels of a row of the output, and elements of the input from one to the next. */
  readonly pixels: number;
  readonly pitch: number;
  readonly channels: number;
  /** First element of run `run` under pixel `px`. */
  readonly start: (run: Operand, px: Operand) => Expr;
}

/** Output channels whose sums belong together: a pair with two lanes. */
export const channelsOfUnit = (lanes: DenseOptions["lanes"]): 1 | 2 => (lanes === 2 ? 2 : 1);

export interface DenseOptions {
  /** 2: products in pairs of 16 bits, for cores with DSP instructions; 16: of vectors of bytes, for cores with Helium. */
  readonly lanes: 1 | 2 | 16;
  /** Pixels of a pointwise convolution computed at once. */
  readonly columns: number;
  /** Output channels computed at once; even with two lanes. */
  readonly outputs: number;
  /** Groups of inputs (four with two lanes, else as many as lanes) a turn of the innermost loop. */
  readonly unroll: number;
  /** With two lanes: pixels are expanded to lanes once for all channels, in scratch. */
  readonly expands: boolean;
  /** Weights of 4 bits stay packed; not of vectors. */
  readonly packed?: boolean;
}

/** Why a node is no dense int8 layer; undefined if it is one. */
export function whyNotDense(node: Node): string | undefined {
  if (node.kind !== "linear" && node.kind !== "conv2d") return `is a ${node.kind}`;
  if (!(node.weight.data instanceof Int8Array) || !node.requantize) return "is not int8";
  if (node.kind === "linear") return undefined;
  const { kernel, padding } = node.window;
  if (kernel[0] * kernel[1] > 1) return `has a ${kernel.join("×")} kernel`;
  if (node.groups > 1) return `has ${node.groups} groups`;
  if (node.pool) return "has a pool";
  return Math.max(...Object.values(padding)) > 0 ? "has padding" : undefined;
}

/** @param byRows A linear layer's input is taken a row a step, row `row`. */
export function denseOf(node: Conv2d | Linear, input: RowRing, output: RowRing, byRows: boolean): Dense {
  const layer = { node, input, output, channels: output.tensor.shape.c };
  const { h, w, c } = input.tensor.shape;
  if (node.kind === "linear") {
    const isOne = input.isWhole && !byRows;
    return {
      ...layer,
      runs: isOne ? 1 : h,
      length: isOne ? h * w * c : w * c,
      pixels: 1,
      pitch: 0,
      start: (run) => rowStart(input, run),
    };
  }
  const [sy, sx] = node.window.stride;
  return {
    ...layer,
    runs: 1,
    length: c,
    pixels: output.tensor.shape.w,
    pitch: sx * c,
    start: (_, px) => add(rowStart(input, mul(row, sy)), mul(px, sx * c)),
  };
}
