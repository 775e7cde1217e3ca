import { CompileError } from "../error.ts";
import type { ActivationNode, Graph, Node, Shape, Window } from "./graph.ts";
import { formatShape } from "./elements.ts";
import { convolvedShape, outputShape } from "./shape.ts";
import { allTaps } from "./taps.ts";

/**
 * Checks a graph before anybody works on it, and tells every problem at once: tensors there and written once before
 * they are read, shapes that follow, weights that are numbers, pools that look at the image.
 *
 * @throws CompileError
 */
export function validateGraph(graph: Graph): void {
  const problems: string[] = [];
  const written = new Set(graph.inputs);
  const names = new Set<string>();
  for (const node of graph.nodes) {
    problems.push(...orderProblems(graph, node, written, names));
    written.add(node.output);
    names.add(node.name);
  }
  for (const output of graph.outputs) {
    if (!written.has(output))
      problems.push(`output ${output}: nothing computes it; name a tensor of the network`);
  }
  if (problems.length === 0) for (const node of graph.nodes) problems.push(...nodeProblems(graph, node));
  if (problems.length > 0) throw new CompileError(problems);
}

function orderProblems(
  graph: Graph,
  node: Node,
  written: ReadonlySet<string>,
  names: ReadonlySet<string>,
): readonly string[] {
  const problems: string[] = [];
  if (names.has(node.name)) problems.push(`${node.name}: two nodes have this name; rename one`);
  if (written.has(node.output))
    problems.push(`${node.name}: writes ${node.output} a second time; write another`);
  for (const input of node.inputs) {
    if (!written.has(input)) problems.push(`${node.name}: reads ${input}, which nothing before it writes`);
  }
  for (const tensor of [...node.inputs, node.output]) {
    if (!graph.tensors.has(tensor))
      problems.push(`${node.name}: uses ${tensor}, which is not a tensor of the graph`);
  }
  return problems;
}

function nodeProblems(graph: Graph, node: Node): readonly string[] {
  const inputs = node.inputs.map((input) => graph.tensors.get(input)!.shape);
  try {
    const expected = formatShape(outputShape(node, inputs));
    const found = formatShape(graph.tensors.get(node.output)!.shape);
    const wrong = found === expected ? [] : [`${node.name}: gives ${expected}, but its tensor is ${found}`];
    return [...wrong, ...emptyWindows(node, inputs[0]!), ...constantProblems(node)];
  } catch (error) {
    if (error instanceof CompileError) return error.problems;
    throw error;
  }
}

/** A maximum or an average of nothing has no value; PyTorch refuses such padding too. */
function emptyWindows(node: Node, input: Shape): readonly string[] {
  const pools: [Window, Shape][] = [];
  if (node.kind === "maxPool2d" || node.kind === "avgPool2d") pools.push([node.window, input]);
  if (node.kind === "conv2d" && node.pool) pools.push([node.pool, convolvedShape(node, input)]);
  const isEmpty = ([window, { h, w, c }]: [Window, Shape]): boolean => {
    const out = outputShape({ kind: "maxPool2d", name: node.name, inputs: [], output: "", window }, [
      { h, w, c },
    ]);
    const all = [...allTaps(window, 0, out.h, h), ...allTaps(window, 1, out.w, w)];
    return all.some(({ from, to }) => from >= to);
  };
  return pools.some(isEmpty)
    ? [`${node.name}: a pooling window lies wholly in the padding; pad by at most half the kernel`]
    : [];
}

function constantProblems(node: Node): readonly string[] {
  return constantsOf(node).flatMap(({ what, data, length }) => {
    if (data.length !== length)
      return [`${node.name}: its ${what} has ${data.length} values instead of ${length}`];
    const bad = data.findIndex((value) => !Number.isFinite(value));
    return bad < 0
      ? []
      : [`${node.name}: its ${what} is ${data[bad]} at index ${bad}; train or export it again`];
  });
}

/** How many parameters an activation must have: a slope a channel is as good as one. */
function parametersOf({ fn, parameter }: ActivationNode): number {
  switch (fn) {
    case "leakyRelu":
    case "prelu":
      return Math.max(parameter.length, 1);
    case "elu":
      return 1;
    case "silu":
    case "hardswish":
    case "hardsigmoid":
    case "sigmoid":
    case "tanh":
    case "identity":
      return 0;
  }
}

interface ConstantOf {
  readonly what: string;
  readonly data: Float32Array | Int8Array | Int32Array;
  readonly length: number;
}

function constantsOf(node: Node): readonly ConstantOf[] {
  switch (node.kind) {
    case "conv2d":
    case "convTranspose2d":
    case "linear": {
      const length = node.weight.shape.reduce((product, n) => product * n, 1);
      return [
        { what: "weight", data: node.weight.data, length },
        { what: "bias", data: node.bias.data, length: node.weight.shape[0]! },
      ];
    }
    case "activation":
      return [{ what: "parameter", data: node.parameter, length: parametersOf(node) }];
    case "batchNorm": {
      const length = node.weight.length;
      return (["weight", "bias", "mean", "variance"] as const).map((what) => ({
        what,
        data: node[what],
        length,
      }));
    }
    case "clamp":
    case "maxPool2d":
    case "avgPool2d":
    case "adaptivePool2d":
    case "pad":
    case "upsample":
    case "pixelShuffle":
    case "add":
    case "sub":
    case "mul":
    case "softmax":
    case "concat":
    case "slice":
    case "transpose":
    case "reshape":
    case "flatten":
    case "identity":
      return [];
  }
}
