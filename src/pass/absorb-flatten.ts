import { tensorOf } from "../graph/build.ts";
import type { Graph, Linear, Node, Shape } from "../graph/graph.ts";
import { formatShape } from "../graph/elements.ts";
import { withNodes } from "./rewire.ts";

/** A tensor that stands for a flattened one: its values in HWC order, and the flatten it would have come from. */
interface Spread {
  readonly tensor: string;
  readonly shape: Shape;
  readonly flatten: string;
}

/**
 * Removes PyTorch's flatten, which orders features CHW, from a house that stores HWC: the linear that follows gets
 * its weights in the order the features lie in, (OUT, C × H × W) becomes (OUT, H, W, C). What treats every element
 * alike, and further flattens between the two, do not mind. A flatten of 1×1×C changes nothing. A flatten whose order
 * another node or the caller would see stays, as a reshape that moves the values.
 */
export function absorbFlatten(graph: Graph): Graph {
  const kept = new Set<string>();
  for (;;) {
    const attempt = absorbAllBut(kept, graph);
    if (attempt.seen.size === 0) return attempt.graph;
    for (const flatten of attempt.seen) kept.add(flatten);
  }
}

/** `seen`: the flattens whose order somebody would see; while there are any, the graph is not the same. */
function absorbAllBut(
  kept: ReadonlySet<string>,
  graph: Graph,
): { readonly graph: Graph; readonly seen: ReadonlySet<string> } {
  const spreads = new Map<string, Spread>();
  const seen = new Set<string>();
  const nodes = graph.nodes.flatMap((node) => {
    const isKept = node.kind === "flatten" && kept.has(node.name);
    return absorb(graph, isKept ? { ...node, kind: "reshape", shape: shapeOf(graph, node.output) } : node, {
      spreads,
      seen,
    });
  });
  const outputs = graph.outputs.map((output) => {
    const spread = spreads.get(output);
    if (spread && !isVector(spread.shape)) seen.add(spread.flatten);
    return spread?.tensor ?? output;
  });
  return { graph: seen.size > 0 ? graph : withNodes({ ...graph, outputs }, nodes), seen };
}

interface Found {
  readonly spreads: Map<string, Spread>;
  readonly seen: Set<string>;
}

const shapeOf = (graph: Graph, tensor: string): Shape => tensorOf(graph, tensor).shape;

function absorb(graph: Graph, node: Node, { spreads, seen }: Found): readonly Node[] {
  const [input] = node.inputs as [string];
  const spread = spreads.get(input);
  if (node.kind === "flatten") {
    spreads.set(node.output, spread ?? { tensor: input, shape: shapeOf(graph, input), flatten: node.name });
    return [];
  }
  const read = node.inputs.map((name) => spreads.get(name));
  if (read.every((from) => from === undefined)) return [node];
  const inputs = node.inputs.map((name) => spreads.get(name)?.tensor ?? name);
  if (read.every((from) => !from || isVector(from.shape))) return [{ ...node, inputs }];
  if (node.kind === "linear") return [permute({ ...node, inputs }, spread!.shape)];
  if (
    keepsOrder(node) &&
    read.every((from) => from && formatShape(from.shape) === formatShape(spread!.shape))
  ) {
    spreads.set(node.output, { ...spread!, tensor: node.output });
    return [{ ...node, inputs }];
  }
  for (const from of read) if (from && !isVector(from.shape)) seen.add(from.flatten);
  return [node];
}

function keepsOrder(node: Node): boolean {
  if (node.kind === "activation") return node.parameter.length <= 1;
  return ["clamp", "identity", "add", "sub", "mul"].includes(node.kind);
}

function permute(node: Linear, { h, w, c }: Shape): Linear {
  const out = node.weight.shape[0]!;
  const data = node.weight.data.slice();
  for (let at = 0, oc = 0; oc < out; oc++) {
    for (let place = 0; place < h * w; place++) {
      for (let ic = 0; ic < c; ic++) data[at++] = node.weight.data[(oc * c + ic) * h * w + place]!;
    }
  }
  return { ...node, weight: { shape: [out, h, w, c], data } };
}

function isVector({ h, w }: Shape): boolean {
  return h === 1 && w === 1;
}
