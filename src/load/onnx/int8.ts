/**
 * Makes an int8 graph of a float graph whose file says which tensors are bytes and what weights are integers of. Every
 * layer between a dequantise and a quantise becomes its integer form with the file's own scales; nothing is calibrated.
 *
 * A layer's result has no type until a quantise behind it gives it one: until then it is pending. What only moves or
 * compares values passes the type on to what it reads from.
 */
import { CompileError } from "../../error.ts";
import { isSameByteType, type ByteType } from "../../graph/byte-type.ts";
import type { Graph, Node, Shape, Tensor } from "../../graph/graph.ts";
import type { NodeBody } from "../graph-builder.ts";
import { int8Requantize } from "../quantized/int8-graph.ts";
import { keepBytes } from "../quantized/keep-bytes.ts";
import { computesInBytes, int8Body, naturalType, type Computing, type WeightScales } from "./int8-body.ts";

/** What a tensor of the float graph is in the int8 graph. */
type State =
  | { readonly kind: "bytes"; readonly tensor: string; readonly type: ByteType }
  | { readonly kind: "pending"; readonly pending: Pending };

interface Pending {
  /** Makes the tensor with this type; gives its name. */
  readonly make: (type: ByteType) => string;
  /** Its type where nothing behind it says one. */
  readonly natural: ByteType | undefined;
  /** How many layers lie between it and what computes it. */
  readonly depth: number;
  made?: { readonly tensor: string; readonly type: ByteType };
}

/** Layers that only move values, between a layer that computes and the quantise that gives them a type. */
const mostBetween = 1000;

/**
 * @param marks The types of tensors by name. An identity whose output has one is a quantise.
 * @throws CompileError naming every layer that computes in float among quantised ones.
 */
export function makeInt8(graph: Graph, marks: ReadonlyMap<string, ByteType>, scales: WeightScales): Graph {
  return new Int8Maker(graph, marks, scales).make();
}

class Int8Maker {
  readonly #graph: Graph;
  readonly #marks: ReadonlyMap<string, ByteType>;
  readonly #scales: WeightScales;
  readonly #states = new Map<string, State>();
  readonly #tensors = new Map<string, Tensor>();
  readonly #nodes: Node[] = [];
  readonly #problems: string[] = [];

  constructor(graph: Graph, marks: ReadonlyMap<string, ByteType>, scales: WeightScales) {
    this.#graph = graph;
    this.#marks = marks;
    this.#scales = scales;
  }

  make(): Graph {
    const graph = this.#graph;
    for (const input of graph.inputs) this.#addInput(input);
    for (const node of graph.nodes) this.#add(node);
    const outputs = graph.outputs.map(
      (output) => this.#bytesOf(output, "the network's result")?.tensor ?? output,
    );
    for (const input of graph.inputs) {
      if (!this.#tensors.has(input))
        this.#problems.push(`input ${input}: is not quantised; put a QuantizeLinear behind it`);
    }
    if (this.#problems.length > 0) throw new CompileError([...new Set(this.#problems)]);
    return { ...graph, tensors: this.#tensors, nodes: this.#nodes, outputs };
  }

  /** An input without a type takes that of the first quantise behind it. */
  #addInput(name: string): void {
    const type = this.#marks.get(name);
    const make = (wanted: ByteType): string => this.#addTensor(name, this.#shapeOf(name), wanted);
    if (type) this.#states.set(name, { kind: "bytes", tensor: make(type), type });
    else this.#states.set(name, { kind: "pending", pending: { make, natural: undefined, depth: 0 } });
  }

  #add(node: Node): void {
    const mark = node.kind === "identity" ? this.#marks.get(node.output) : undefined;
    const [input] = node.inputs as [string];
    if (mark) this.#states.set(node.output, this.#quantize(input, mark));
    else if (node.kind === "identity") this.#states.set(node.output, this.#states.get(input)!);
    else if (computesInBytes(node)) this.#compute(node);
    else this.#move(node);
  }

  #quantize(input: string, type: ByteType): State {
    const state = this.#states.get(input)!;
    const tensor = state.kind === "bytes" ? this.#requantize(state, type) : this.#settle(state.pending, type);
    return { kind: "bytes", tensor, type };
  }

  #settle(pending: Pending, type: ByteType): string {
    pending.made ??= { tensor: pending.make(type), type };
    return this.#requantize(pending.made, type);
  }

  #requantize(from: { readonly tensor: string; readonly type: ByteType }, to: ByteType): string {
    if (isSameByteType(from.type, to)) return from.tensor;
    const shape = this.#tensors.get(from.tensor)!.shape;
    return this.#push(`${from.tensor}.requantize`, int8Requantize(from.type, to), [from.tensor], shape, to);
  }

  /** A layer with arithmetic of its own: its inputs are bytes now, its output when someone says which. */
  #compute(node: Computing): void {
    const inputs = node.inputs.map((input) => this.#bytesOf(input, `what ${node.name} reads`));
    const known = inputs.filter((input) => input !== undefined);
    const types = known.map(({ type }) => type);
    const shape = this.#shapeOf(node.output);
    const make = (type: ByteType): string => {
      if (known.length < inputs.length) return this.#addTensor(node.output, shape, type);
      return this.#attempt(node, type, () => {
        if (node.kind === "concat") {
          const tensors = known.map((input) => this.#requantize(input, type));
          return this.#push(node.name, node, tensors, shape, type);
        }
        const own = node.kind === "softmax" && !node.log ? naturalType(node, types)! : type;
        const body = int8Body(node, types, own, this.#shapeOf(node.inputs[0]!).c, this.#scales);
        const tensor = this.#push(
          node.name,
          body,
          known.map((input) => input.tensor),
          shape,
          own,
        );
        return this.#requantize({ tensor, type: own }, type);
      });
    };
    this.#states.set(node.output, {
      kind: "pending",
      pending: { make, natural: naturalType(node, types), depth: 0 },
    });
  }

  /** A layer that keeps its input's quantisation. */
  #move(node: Node): void {
    const [input] = node.inputs as [string];
    const state = this.#states.get(input)!;
    const shape = this.#shapeOf(node.output);
    const make = (tensor: string, type: ByteType): string =>
      this.#attempt(node, type, () => {
        const kept = keepBytes(node, [type], this.#shapeOf(input).c);
        if (!kept) throw new CompileError(`${node.name}: has no form in bytes; save the float model`);
        return this.#push(node.name, kept.body, [tensor], shape, type);
      });
    if (state.kind === "bytes") {
      this.#states.set(node.output, { ...state, tensor: make(state.tensor, state.type) });
      return;
    }
    const { pending } = state;
    if (pending.depth >= mostBetween)
      throw new CompileError(
        `${node.name}: follows ${mostBetween} layers without a quantise; quantise them all`,
      );
    const later = {
      make: (type: ByteType) => make(this.#settle(pending, type), type),
      natural: pending.natural,
      depth: pending.depth + 1,
    };
    this.#states.set(node.output, { kind: "pending", pending: later });
  }

  #bytesOf(name: string, what: string): { readonly tensor: string; readonly type: ByteType } | undefined {
    const state = this.#states.get(name)!;
    if (state.kind === "bytes") return state;
    const { pending } = state;
    const type = pending.made?.type ?? pending.natural;
    if (type) return { tensor: this.#settle(pending, type), type };
    this.#problems.push(
      `${name}: is ${what} and is not quantised; put QuantizeLinear and DequantizeLinear behind it, or save the float model`,
    );
    return undefined;
  }

  /** Keeps what is wrong with a layer, and goes on as if it were there. */
  #attempt(node: Node, type: ByteType, make: () => string): string {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      this.#problems.push(...error.problems);
      return this.#addTensor(node.output, this.#shapeOf(node.output), type);
    }
  }

  #push(name: string, body: NodeBody, inputs: readonly string[], shape: Shape, type: ByteType): string {
    const output = this.#addTensor(name, shape, type);
    this.#nodes.push({ ...body, name: output, inputs, output });
    return output;
  }

  #addTensor(wanted: string, shape: Shape, type: ByteType): string {
    let name = wanted;
    for (let count = 1; this.#tensors.has(name); ++count) name = `${wanted}_${count}`;
    this.#tensors.set(name, { name, shape, ...type });
    return name;
  }

  #shapeOf(tensor: string): Shape {
    return this.#graph.tensors.get(tensor)!.shape;
  }
}
