import { tensorOf } from "../graph/build.ts";
import type { AvgPool2d, Conv2d, Graph, MaxPool2d, Node, Pad, Padding, Tensor } from "../graph/graph.ts";
import { byteLimits } from "../graph/quantized.ts";
import { allTaps } from "../graph/taps.ts";
import { firstOf, producerOf, repeat, withNodes } from "./rewire.ts";

/**
 * Makes a border that its readers would add themselves part of their windows: zeros (the zero point in an int8 graph)
 * before a convolution or an average pool, what never wins (or zeros after a ReLU) before a max-pool. A pad all of
 * whose readers take it in is gone; any other stays a row kernel.
 */
export function foldPad(graph: Graph): Graph {
  return repeat(graph, (current) =>
    firstOf(current, (node) => (node.kind === "pad" ? fold(current, node) : undefined)),
  );
}

function fold(graph: Graph, pad: Pad): Graph | undefined {
  if (pad.mode !== "constant" || graph.outputs.includes(pad.output)) return undefined;
  const readers = graph.nodes.filter((node) => node.inputs.includes(pad.output));
  const padded = new Map(readers.map((reader) => [reader, taken(graph, pad, reader)]));
  if (readers.length === 0 || [...padded.values()].includes(undefined)) return undefined;
  const nodes = graph.nodes.flatMap((node) => (node === pad ? [] : [padded.get(node) ?? node]));
  return withNodes(graph, nodes);
}

/** The reader with the pad in its window; undefined where that would compute something else. */
function taken(graph: Graph, pad: Pad, reader: Node): Node | undefined {
  const input = tensorOf(graph, pad.inputs[0]!);
  const isZero = pad.value === (input.quantization?.zeroPoint ?? 0);
  if (reader.kind === "conv2d") return isZero ? widened(reader, pad) : undefined;
  if (reader.kind === "avgPool2d") return isZero ? foldIntoAverage(graph, pad, reader, input) : undefined;
  if (reader.kind !== "maxPool2d" || !neverWins(graph, pad, input)) return undefined;
  return whereImageIsSeen(graph, widened(reader, pad), input);
}

/** Zeros count in the divisor: it becomes the whole kernel's. With padding of its own a pool's divisors may vary. */
function foldIntoAverage(graph: Graph, pad: Pad, pool: AvgPool2d, input: Tensor): AvgPool2d | undefined {
  const { padding, kernel } = pool.window;
  if (padding.top + padding.bottom + padding.left + padding.right > 0) return undefined;
  const divisor = pool.divisor ?? kernel[0] * kernel[1];
  return whereImageIsSeen(graph, { ...widened(pool, pad), divisor }, input);
}

/** Whether the border's value is below every other, or no value is below it. */
function neverWins(graph: Graph, pad: Pad, { name, dtype, quantization }: Tensor): boolean {
  if (dtype === "f32") return pad.value === -Infinity || (pad.value === 0 && isNeverNegative(graph, name));
  const lowest = byteLimits(dtype).min;
  return pad.value === lowest || (pad.value === quantization!.zeroPoint && isNeverNegative(graph, name));
}

function isNeverNegative(graph: Graph, tensor: string): boolean {
  const { dtype, quantization } = tensorOf(graph, tensor);
  const zero = dtype === "f32" ? 0 : quantization!.zeroPoint;
  const producer = producerOf(graph, tensor);
  if (!producer) return false;
  if ("clamp" in producer) return producer.clamp !== undefined && producer.clamp.min >= zero;
  const onlyMoves = ["maxPool2d", "upsample", "pixelShuffle"].includes(producer.kind);
  return onlyMoves && isNeverNegative(graph, producer.inputs[0]!);
}

function widened<Kind extends Conv2d | MaxPool2d | AvgPool2d>(reader: Kind, pad: Pad): Kind {
  const sum = (side: keyof Padding): number => reader.window.padding[side] + pad.padding[side];
  const padding = { top: sum("top"), bottom: sum("bottom"), left: sum("left"), right: sum("right") };
  return { ...reader, inputs: pad.inputs, window: { ...reader.window, padding } };
}

/** A pool none of whose windows lies wholly in the border, which has no value there. */
function whereImageIsSeen<Kind extends MaxPool2d | AvgPool2d>(
  graph: Graph,
  pool: Kind,
  { shape }: Tensor,
): Kind | undefined {
  const out = tensorOf(graph, pool.output).shape;
  const all = [...allTaps(pool.window, 0, out.h, shape.h), ...allTaps(pool.window, 1, out.w, shape.w)];
  return all.every(({ from, to }) => from < to) ? pool : undefined;
}
