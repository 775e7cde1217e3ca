import { CompileError } from "../error.ts";
import type { Graph, Linear, Node, Shape } from "../graph/graph.ts";
import { formatShape } from "../graph/shape.ts";
import { withNodes } from "./rewire.ts";

/** A tensor that stands for a flattened one: its values in HWC order, and the flatten it would have come from. */
interface Spread {
  readonly tensor: string;
  readonly shape: Shape;
  readonly flatten: string;
}

/**
 * Removes PyTorch's flatten, which orders features CHW, from a house that stores HWC: the linear that follows gets
 * its weights in the order the features lie in, (OUT, C × H × W) becomes (OUT, H, W, C). Clamps, adds of two tensors
 * flattened alike, and further flattens between the two do not mind. A flatten of 1×1×C changes nothing.
 *
 * @throws CompileError naming every flatten whose order another node or the caller would see.
 */
export function absorbFlatten(graph: Graph): Graph {
  const spreads = new Map<string, Spread>();
  const problems: string[] = [];
  const nodes = graph.nodes.flatMap((node) => absorb(graph, node, spreads, problems));
  const outputs = graph.outputs.map((output) => {
    const spread = spreads.get(output);
    if (spread && !isVector(spread.shape)) problems.push(refusal(spread, "is the network's result"));
    return spread?.tensor ?? output;
  });
  if (problems.length > 0) throw new CompileError(problems);
  return withNodes({ ...graph, outputs }, nodes);
}

function absorb(graph: Graph, node: Node, spreads: Map<string, Spread>, problems: string[]): readonly Node[] {
  const [input] = node.inputs as [string];
  const spread = spreads.get(input);
  if (node.kind === "flatten") {
    spreads.set(
      node.output,
      spread ?? { tensor: input, shape: graph.tensors.get(input)!.shape, flatten: node.name },
    );
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
  for (const from of read) if (from) problems.push(refusal(from, `is read by ${node.name} (${node.kind})`));
  return [node];
}

function keepsOrder(node: Node): boolean {
  if (node.kind === "activation") return node.parameter.length <= 1;
  return ["clamp", "identity", "add", "sub", "mul"].includes(node.kind);
}

function permute(node: Linear, { h, w, c }: Shape): Linear {
  const out = node.weight.shape[0]!;
  const data = new Float32Array(node.weight.data.length);
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

function refusal({ flatten, shape }: Spread, why: string): string {
  return (
    `${flatten}: flattens ${formatShape(shape)} and its result ${why}; ` +
    `only a linear layer can take flattened features, put one after it or pool to 1×1 first`
  );
}
