/**
 * A graph as the planner sees it: tensors are counts of rows of so many bytes, nodes are lists of steps.
 *
 * Tensors and nodes are numbered, so that the searches of this room work on integers and not on names. Steps of a node
 * write its output's rows in order, one or several each, but of an accumulating node only the last step writes, row 0;
 * what is computed is unknown here.
 */
import { accumulation, accumulatorBytes } from "../graph/accumulate.ts";
import { concatParts } from "../graph/concat-parts.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { elementBytes } from "../graph/elements.ts";
import { inPlaceInputs } from "../graph/in-place.ts";
import { rowSteps, type Rows, type RowStep } from "../graph/rows.ts";
import type { Event, Plan } from "./plan.ts";

/** Rows [from, to) of tensor number `tensor`. */
export interface Reach extends Rows {
  readonly tensor: number;
}

/** Row r is `runs` × `runBytes` of the bytes of row r of tensor number `within`, the first of them at byte `from`. */
export interface FlowPart {
  readonly within: number;
  readonly from: number;
  readonly runs: number;
  readonly runBytes: number;
  readonly runPitch: number;
}

export interface FlowTensor {
  readonly name: string;
  readonly rows: number;
  /** Bytes of a row of its own: none where its rows lie in those of another tensor. */
  readonly rowBytes: number;
  readonly part?: FlowPart;
  /** Offsets must be a multiple of it. */
  readonly elementBytes: number;
  /** Number of the node that writes it; -1 for a graph input. */
  readonly producer: number;
  /** Numbers of the nodes that read it, ascending. */
  readonly readers: readonly number[];
  readonly isOutput: boolean;
  /** Place of its row 0 in arrays that hold something for every row of every tensor. */
  readonly base: number;
}

export interface FlowNode {
  readonly name: string;
  readonly output: number;
  /** What each step reads. */
  readonly reads: readonly (readonly Reach[])[];
  /** The rows of its output each step leaves, no row where it only accumulates. */
  readonly writes: readonly Rows[];
  /** Rows of each step but the last, which may be short. */
  readonly rowsPerStep: number;
  readonly scratchBytes: number;
  /** Bytes of accumulators, held from the first step to the last; 0 unless the node accumulates. */
  readonly accumulatorBytes: number;
  /** Numbers of the tensors whose row r step r may overwrite, at the very bytes where it lies. */
  readonly overwrites: readonly number[];
  /** The event of each step. */
  readonly events: readonly Event[];
}

export interface Flow {
  readonly tensors: readonly FlowTensor[];
  readonly nodes: readonly FlowNode[];
  /** Numbers of the graph's inputs and outputs. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Rows of all tensors together. */
  readonly rows: number;
  /** Bytes of constants that stay in the arena for good. */
  readonly residentBytes: number;
  readonly tensorNumber: ReadonlyMap<string, number>;
  readonly nodeNumber: ReadonlyMap<string, number>;
}

export interface FlowOptions {
  /** Bytes of working memory by node. */
  readonly scratch?: ReadonlyMap<string, number>;
  /** Names of the nodes that take their input row by row. */
  readonly accumulated?: ReadonlySet<string>;
  /** Whether element-wise nodes may overwrite their input; those of several rows a step never do. */
  readonly inPlace?: boolean;
  /** Inputs of concatenations that lie in the rows of the output. */
  readonly parts?: ReadonlySet<string>;
  /** Rows that a step of a node writes, by node; 1 unless given. */
  readonly rowsPerStep?: ReadonlyMap<string, number>;
  /** Bytes of constants that stay in the arena for good. */
  readonly residentBytes?: number;
}

/** Numbers a graph's tensors (inputs first, then as nodes write them) and looks up every row step once. */
export function flowOf(graph: Graph, options: FlowOptions = {}): Flow {
  const { scratch, accumulated, inPlace, rowsPerStep, residentBytes = 0 } = options;
  const parts = options.parts ?? new Set<string>();
  const names = [...graph.inputs, ...graph.nodes.map((node) => node.output)];
  const tensorNumber = new Map(names.map((name, i) => [name, i]));
  const number = (name: string): number => tensorNumber.get(name)!;
  const nodes = graph.nodes.map((node): FlowNode => {
    const accumulates = accumulated?.has(node.name) ?? false;
    const rows = rowsPerStep?.get(node.name) ?? 1;
    const steps = accumulates ? accumulatingSteps(graph, node) : rowSteps(graph, node, rows);
    return {
      name: node.name,
      output: number(node.output),
      reads: steps.map(({ reads }) =>
        reads.map(({ tensor, from, to }) => ({ tensor: number(tensor), from, to })),
      ),
      writes: steps.map(({ writes }) => writes),
      rowsPerStep: rows,
      scratchBytes: scratch?.get(node.name) ?? 0,
      accumulatorBytes: accumulates ? accumulation(graph, node)!.elements * accumulatorBytes : 0,
      overwrites:
        inPlace && rows === 1 && !parts.has(node.output) ? inPlaceInputs(graph, node).map(number) : [],
      events: steps.map((_, step) => ({ kind: "step", node: node.name, step })),
    };
  });
  let rows = 0;
  const tensors = names.map((name, i): FlowTensor => {
    const { shape, dtype } = graph.tensors.get(name)!;
    const base = rows;
    rows += shape.h;
    const part = parts.has(name) ? partOf(graph, name, number) : undefined;
    return {
      name,
      rows: shape.h,
      rowBytes: part ? 0 : shape.w * shape.c * elementBytes[dtype],
      ...(part && { part }),
      elementBytes: elementBytes[dtype],
      producer: i - graph.inputs.length < 0 ? -1 : i - graph.inputs.length,
      readers: graph.nodes.flatMap((node, n) => (node.inputs.includes(name) ? [n] : [])),
      isOutput: graph.outputs.includes(name),
      base,
    };
  });
  return {
    tensors,
    nodes,
    inputs: graph.inputs.map(number),
    outputs: graph.outputs.map(number),
    rows,
    residentBytes,
    tensorNumber,
    nodeNumber: new Map(graph.nodes.map((node, n) => [node.name, n])),
  };
}

function accumulatingSteps(graph: Graph, node: Node): readonly RowStep[] {
  const sum = accumulation(graph, node);
  if (!sum) throw new Error(`${node.name}: a ${node.kind} of this shape cannot accumulate`);
  const { tensor, from, to } = sum;
  return Array.from({ length: to - from }, (_, step) => ({
    reads: [{ tensor, from: from + step, to: from + step + 1 }],
    writes: { from: 0, to: step === to - from - 1 ? 1 : 0 },
  }));
}

/** Where the concatenation that reads a tensor has it. */
function partOf(graph: Graph, name: string, number: (tensor: string) => number): FlowPart {
  const part = graph.nodes
    .flatMap((node) => (node.kind === "concat" ? concatParts(graph, node) : []))
    .find(({ tensor }) => tensor === name);
  if (!part) throw new Error(`${name}: is no part of a concatenation`);
  const bytes = elementBytes[graph.tensors.get(name)!.dtype];
  return {
    within: number(part.within),
    from: part.from * bytes,
    runs: part.runs,
    runBytes: part.runLength * bytes,
    runPitch: part.runPitch * bytes,
  };
}

/** The flow of the steps that a plan is made of. */
export function flowOfPlan(graph: Graph, { accumulators, rowsPerStep, rings }: Plan): Flow {
  const parts = new Set([...rings.values()].filter(({ part }) => part).map(({ tensor }) => tensor));
  return flowOf(graph, { accumulated: new Set(accumulators.keys()), parts, rowsPerStep, inPlace: true });
}

/** Bytes of a whole tensor. */
export function tensorBytes(tensor: FlowTensor): number {
  return tensor.rows * tensor.rowBytes;
}
