import { tensorOf } from "./build.ts";
import type {
  AdaptivePool2d,
  Concat,
  Conv2d,
  ConvTranspose2d,
  Graph,
  Node,
  Pad,
  PixelShuffle,
  Upsample,
  Window,
} from "./graph.ts";
import { adaptiveBins, blends, padSources } from "./resample.ts";
import { convolvedShape } from "./shape.ts";
import { concatRow, reshapeRows } from "./structure.ts";
import { taps } from "./taps.ts";
import { transposedTaps } from "./transposed-taps.ts";

/** Rows [from, to). */
export interface Rows {
  readonly from: number;
  readonly to: number;
}

/** Rows [from, to) of a tensor. */
export interface RowRange extends Rows {
  readonly tensor: string;
}

/** One call of a row kernel: the rows it must find in memory and the rows of its output it leaves there. */
export interface RowStep {
  readonly reads: readonly RowRange[];
  readonly writes: Rows;
}

/**
 * The steps of a node, in order: with R rows a step, step s writes rows [s × R, (s + 1) × R) of its output and reads
 * what any of them needs; the last step may write fewer. A kernel's row number is the step: the row, where R is 1.
 *
 * Reads are exact and clipped to the image: a row in no range is not looked at, so it need not exist any more, or
 * yet. A dilated window is several ranges; a window wholly in the padding is none.
 */
export function rowSteps(graph: Graph, node: Node, rowsPerStep = 1): readonly RowStep[] {
  const rows = tensorOf(graph, node.output).shape.h;
  return Array.from({ length: Math.ceil(rows / rowsPerStep) }, (_, step) => {
    const writes = { from: step * rowsPerStep, to: Math.min((step + 1) * rowsPerStep, rows) };
    return { reads: readsOfRows(graph, node, writes), writes };
  });
}

function readsOfRows(graph: Graph, node: Node, { from, to }: Rows): readonly RowRange[] {
  const reads = Array.from({ length: to - from }, (_, k) => readsOf(graph, node, from + k));
  return reads.length === 1 ? reads[0]! : united(reads.flat());
}

/** The fewest ranges that hold the same rows. */
function united(reads: readonly RowRange[]): readonly RowRange[] {
  return [...new Set(reads.map(({ tensor }) => tensor))].flatMap((tensor) => {
    const own = reads.filter((reach) => reach.tensor === tensor);
    return ranges(
      tensor,
      own.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, k) => from + k)),
    );
  });
}

function readsOf(graph: Graph, node: Node, row: number): readonly RowRange[] {
  const [input] = node.inputs as [string];
  const { shape } = tensorOf(graph, input);
  switch (node.kind) {
    case "conv2d":
      return ranges(input, convolutionRows(node, row, convolvedShape(node, shape).h, shape.h));
    case "maxPool2d":
    case "avgPool2d":
      return ranges(input, windowRows(node.window, row, shape.h));
    case "adaptivePool2d":
    case "pad":
    case "upsample":
    case "pixelShuffle":
    case "convTranspose2d":
      return ranges(input, resampledRows(node, row, shape.h));
    case "linear":
    case "flatten":
      return [{ tensor: input, from: 0, to: shape.h }];
    case "concat":
      return concatRows(graph, node, row);
    case "slice":
      return [{ tensor: input, from: node.from.h + row, to: node.from.h + row + 1 }];
    case "transpose":
      if (node.order[0] !== "h") return [{ tensor: input, from: 0, to: shape.h }];
      return [{ tensor: input, from: row, to: row + 1 }];
    case "reshape":
      return ranges(input, reshapeRows(shape, node.shape, row));
    case "batchNorm":
    case "clamp":
    case "activation":
    case "softmax":
    case "identity":
      return [{ tensor: input, from: row, to: row + 1 }];
    case "add":
    case "sub":
    case "mul":
      return [...new Set(node.inputs)].map((tensor) => operandRow(graph, tensor, input, row));
  }
}

/** The row itself, or the only one there is of an operand that is repeated over space. */
function operandRow(graph: Graph, tensor: string, left: string, row: number): RowRange {
  const isRepeated = tensorOf(graph, tensor).shape.h < tensorOf(graph, left).shape.h;
  return isRepeated ? { tensor, from: 0, to: 1 } : { tensor, from: row, to: row + 1 };
}

/** Along rows the row of the one input it comes from, else the row of every input. */
function concatRows(graph: Graph, node: Concat, row: number): readonly RowRange[] {
  const shapes = node.inputs.map((name) => tensorOf(graph, name).shape);
  if (node.axis === "h") {
    const from = concatRow(shapes, row);
    return [{ tensor: node.inputs[from.input]!, from: from.row, to: from.row + 1 }];
  }
  return [...new Set(node.inputs)].map((tensor) => ({ tensor, from: row, to: row + 1 }));
}

/** With a fused pool: the rows read by every row of results that the pool's window covers. */
function convolutionRows(node: Conv2d, row: number, convolvedHeight: number, height: number): number[] {
  const results = node.pool ? windowRows(node.pool, row, convolvedHeight) : [row];
  return results.flatMap((oy) => windowRows(node.window, oy, height));
}

function windowRows(window: Window, position: number, height: number): number[] {
  const { start, from, to } = taps(window, 0, position, height);
  return Array.from({ length: to - from }, (_, k) => start + (from + k) * window.dilation[0]);
}

type Resampling = AdaptivePool2d | Pad | Upsample | PixelShuffle | ConvTranspose2d;

function resampledRows(node: Resampling, row: number, height: number): number[] {
  switch (node.kind) {
    case "adaptivePool2d": {
      const { from, to } = adaptiveBins(height, node.size[0])[row]!;
      return Array.from({ length: to - from }, (_, k) => from + k);
    }
    case "pad": {
      const source = padSources(node, 0, height)[row];
      return source === undefined ? [] : [source];
    }
    case "upsample": {
      const { first, second } = blends(node, 0, height)[row]!;
      return [first, second];
    }
    case "pixelShuffle":
      return [Math.floor(row / node.factor)];
    case "convTranspose2d":
      return transposedTaps(node, 0, row, height).map(({ place }) => place);
  }
}

/** The fewest ranges that hold exactly these rows. */
function ranges(tensor: string, rows: readonly number[]): readonly RowRange[] {
  const sorted = [...new Set(rows)].sort((a, b) => a - b);
  const found: RowRange[] = [];
  for (const row of sorted) {
    const last = found.at(-1);
    if (last?.to === row) found[found.length - 1] = { ...last, to: row + 1 };
    else found.push({ tensor, from: row, to: row + 1 });
  }
  return found;
}
