import { tensorOf } from "../graph/build.ts";
import { formatShape } from "../graph/elements.ts";
import type {
  AxisName,
  Concat,
  Flatten,
  Graph,
  Node,
  Reshape,
  Shape,
  Slice,
  Transpose,
} from "../graph/graph.ts";
import { bypass, firstOf, producerOf, repeat, soleConsumerOf, withNodes } from "./rewire.ts";

/**
 * Drops what only renames among the kinds that move values, and makes one of two that follow each other: reshapes of
 * reshapes, transposes of transposes, slices of slices, concatenations of concatenations. What is a flatten is
 * called one, so that `absorbFlatten` sees it. What nobody reads afterwards goes, too.
 */
export function simplifyMoves(graph: Graph): Graph {
  const simpler = repeat(graph, (current) =>
    firstOf(current, (node) =>
      changesNothing(current, node) ? bypass(current, node) : (joined(current, node) ?? sunk(current, node)),
    ),
  );
  return dropUnread(simpler);
}

/** Without nodes whose results lead to no output. */
export function dropUnread(graph: Graph): Graph {
  const read = new Set(graph.outputs);
  const nodes = [...graph.nodes].reverse().filter((node) => {
    if (read.has(node.output)) for (const input of node.inputs) read.add(input);
    return read.has(node.output);
  });
  return nodes.length === graph.nodes.length ? graph : withNodes(graph, nodes.reverse());
}

function changesNothing(graph: Graph, node: Node): boolean {
  if (node.kind === "slice" || node.kind === "reshape")
    return formatShape(shapeOf(graph, node.inputs[0]!)) === formatShape(node.shape);
  if (node.kind === "transpose") return node.order.join("") === "hwc";
  return node.kind === "concat" && node.inputs.length === 1;
}

function joined(graph: Graph, node: Node): Graph | undefined {
  const replaced = replacement(graph, node);
  return replaced && withNodes(graph, graph.nodes.map((one) => (one === node ? replaced : one))); // prettier-ignore
}

/** The node that does what it and the one before it do, reading what that one reads; or itself in simpler words. */
function replacement(graph: Graph, node: Node): Node | undefined {
  const before = producerOf(graph, node.inputs[0]!);
  const isReshape = before?.kind === "reshape" || before?.kind === "flatten";
  if ((node.kind === "reshape" || node.kind === "flatten") && isReshape)
    return { ...node, inputs: before.inputs };
  if (node.kind === "reshape") return asFlatten(node);
  if (node.kind === "slice") return before?.kind === "slice" ? sliceOfSlice(before, node) : undefined;
  if (node.kind === "transpose") {
    if (before?.kind === "transpose") return transposeOfTranspose(before, node);
    return asReshape(node, shapeOf(graph, node.inputs[0]!), shapeOf(graph, node.output));
  }
  return node.kind === "concat" ? concatOfConcat(graph, node) : undefined;
}

function asFlatten({ name, inputs, output, shape }: Reshape): Flatten | undefined {
  return shape.h * shape.w === 1 ? { kind: "flatten", name, inputs, output } : undefined;
}

/** A transpose that only moves axes of size 1 about leaves the values in their CHW order. */
function asReshape({ name, inputs, output, order }: Transpose, from: Shape, to: Shape): Reshape | undefined {
  const long = (axes: readonly AxisName[]): string => axes.filter((axis) => from[axis] > 1).join("");
  const [h, w, c] = order as [AxisName, AxisName, AxisName];
  return long([c, h, w]) === long(["c", "h", "w"])
    ? { kind: "reshape", name, inputs, output, shape: to }
    : undefined;
}

function sliceOfSlice(first: Slice, second: Slice): Slice {
  const [a, b] = [first.from, second.from];
  return { ...second, inputs: first.inputs, from: { h: a.h + b.h, w: a.w + b.w, c: a.c + b.c } };
}

function transposeOfTranspose(first: Transpose, second: Transpose): Transpose {
  const axes = { h: first.order[0]!, w: first.order[1]!, c: first.order[2]! };
  return { ...second, inputs: first.inputs, order: second.order.map((axis) => axes[axis]) };
}

/** Concatenations along one axis that only this one reads are read through. */
function concatOfConcat(graph: Graph, node: Concat): Concat | undefined {
  const inputs = node.inputs.flatMap((input) => {
    const before = producerOf(graph, input);
    const isPart = before?.kind === "concat" && before.axis === node.axis;
    return isPart && soleConsumerOf(graph, input) === node ? before.inputs : [input];
  });
  return inputs.length > node.inputs.length ? { ...node, inputs } : undefined;
}

/** What treats every element alike moves before a transpose, which so comes next to another that may undo it. */
function sunk(graph: Graph, node: Node): Graph | undefined {
  const isAlike =
    node.kind === "clamp" || (node.kind === "activation" && node.parameter.length <= 1 && !node.table);
  const before = isAlike ? producerOf(graph, node.inputs[0]!) : undefined;
  if (before?.kind !== "transpose" || soleConsumerOf(graph, before.output) !== node) return undefined;
  const first = { ...node, inputs: before.inputs, output: before.output };
  const second = { ...before, inputs: [before.output], output: node.output };
  return withNodes(graph, graph.nodes.map((one) => (one === before ? first : one === node ? second : one))); // prettier-ignore
}

const shapeOf = (graph: Graph, name: string): Shape => tensorOf(graph, name).shape;
