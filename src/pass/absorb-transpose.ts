import { tensorOf } from "../graph/build.ts";
import type { AxisName, Graph, Linear, Node, Shape, Transpose } from "../graph/graph.ts";
import { firstOf, producerOf, repeat, soleConsumerOf, withNodes } from "./rewire.ts";
import { dropUnread } from "./simplify-moves.ts";

/**
 * A transpose whose values a flatten hands to a linear goes into the weights: they are put in the order of what the
 * transpose reads. Networks exported from TensorFlow flatten NHWC.
 */
export function absorbTranspose(graph: Graph): Graph {
  const absorbed = repeat(graph, (current) =>
    firstOf(current, (node) => (node.kind === "linear" ? absorb(current, node) : undefined)),
  );
  return dropUnread(absorbed);
}

function absorb(graph: Graph, linear: Linear): Graph | undefined {
  const flatten = producerOf(graph, linear.inputs[0]!);
  if (flatten?.kind !== "flatten" || soleConsumerOf(graph, flatten.output) !== linear) return undefined;
  const transpose = producerOf(graph, flatten.inputs[0]!);
  if (transpose?.kind !== "transpose") return undefined;
  const shape = tensorOf(graph, transpose.inputs[0]!).shape;
  const replaced = new Map<Node, Node>([
    [flatten, { ...flatten, inputs: transpose.inputs }],
    [linear, { ...linear, weight: { ...linear.weight, data: reordered(linear, transpose, shape) } }],
  ]);
  return withNodes(graph, graph.nodes.map((node) => replaced.get(node) ?? node)); // prettier-ignore
}

/** Weights in the CHW order of the transpose's input instead of its output's. */
function reordered({ weight }: Linear, { order }: Transpose, shape: Shape): Float32Array | Int8Array {
  const data = weight.data.slice();
  const [h, w, c] = order as [AxisName, AxisName, AxisName];
  const stride = { h: shape.w, w: 1, c: shape.h * shape.w };
  const features = shape.h * shape.w * shape.c;
  for (let from = 0, oc = 0; oc < weight.shape[0]!; oc++) {
    for (let z = 0; z < shape[c]; z++) {
      for (let y = 0; y < shape[h]; y++) {
        for (let x = 0; x < shape[w]; x++)
          data[oc * features + z * stride[c] + y * stride[h] + x * stride[w]] = weight.data[from++]!;
      }
    }
  }
  return data;
}
