/**
 * Which activations get 16 bits where 8 are not enough: TensorFlow Lite's int16x8 (int8 weights, symmetric int16 activations),
 * tensor by tensor. Sums stay in 32 bits, proven layer by layer; a tensor whose readers would need more stays int8.
 *
 * `auto` keeps 16 bits where they take at least a tenth off the noise power at the outputs, measured on samples, in the order of the
 * network with all before it chosen; they double a tensor's bytes.
 */
import { CompileError } from "../error.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { outputNoise, type Sample } from "./output-noise.ts";

/** Names of tensors in 16 bits; those that only keep a tensor's values follow it. */
export type Wide = ReadonlySet<string>;

export type ActivationBits = "int8" | "int16" | "auto";

const leastGain = 0.1;

/** @param quantized The graph with these tensors in 16 bits. */
export function chooseWide(
  float: Graph,
  samples: readonly Sample[],
  wanted: ActivationBits,
  quantized: (wide: Wide) => Graph,
): Graph {
  const noiseOf = outputNoise(float, samples);
  let graph = quantized(new Set());
  if (wanted === "int8") return graph;
  let wide: Wide = new Set();
  let noise = noiseOf(graph);
  for (const { output } of float.nodes.filter((node) => mayWiden(float, node))) {
    const tried = new Set(wide).add(output);
    const found = unlessTooLarge(() => quantized(tried));
    if (!found) continue;
    const left = wanted === "auto" ? noiseOf(found) : 0;
    if (wanted === "auto" && left > noise * (1 - leastGain)) continue;
    [wide, graph, noise] = [tried, found, left];
  }
  return graph;
}

/** Undefined where a sum would leave 32 bits. */
function unlessTooLarge(quantized: () => Graph): Graph | undefined {
  try {
    return quantized();
  } catch (error) {
    if (error instanceof CompileError) return undefined;
    throw error;
  }
}

const computes: ReadonlySet<Node["kind"]> = new Set(["conv2d", "linear", "add", "sub", "mul"]);
const keeps: ReadonlySet<Node["kind"]> = new Set([
  "clamp",
  "maxPool2d",
  "avgPool2d",
  "slice",
  "transpose",
  "reshape",
  "pixelShuffle",
  "pad",
]);

/** Whether a node can write 16 bits and all that read them, through nodes that keep them, can too. */
export function mayWiden(graph: Graph, node: Node): boolean {
  return computes.has(node.kind) && isRead(graph, node.output);
}

function isRead(graph: Graph, tensor: string): boolean {
  if (graph.outputs.includes(tensor)) return false;
  return graph.nodes
    .filter(({ inputs }) => inputs.includes(tensor))
    .every((reader) => computes.has(reader.kind) || (keeps.has(reader.kind) && isRead(graph, reader.output)));
}
