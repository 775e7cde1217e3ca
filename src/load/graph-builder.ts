/**
 * Collects the nodes the evaluator meets, then names them: by their module's path, or, where a module does more than
 * one thing, by path and operation. What no output needs is dropped.
 */
import { CompileError } from "../error.ts";
import type { ByteType } from "../graph/byte-type.ts";
import type { Graph, Node, Shape, Tensor } from "../graph/graph.ts";
import { outputShape } from "../graph/shape.ts";
import { formOf, freshAxes, imageOf, inputAxes } from "./layout.ts";
import type { Form } from "./layout.ts";
import { ByteTypes } from "./quantized/byte-types.ts";
import type { Activation, Caller, Memory } from "./value.ts";

type WithoutNames<N> = N extends Node ? Omit<N, "name" | "inputs" | "output"> : never;

/** A node before it has a name and tensors. */
export type NodeBody = WithoutNames<Node>;

/** Where in the module tree a node comes from. */
export interface Placement {
  readonly frame: Caller;
  readonly operation: string;
  /** Module path and operation, for messages. */
  readonly place: string;
}

/** A finished graph. */
export interface Built {
  readonly graph: Graph;
  readonly unused: readonly string[];
  /** What the tensors of activations are called in it. */
  readonly tensorNames: ReadonlyMap<number, string>;
}

interface Draft {
  readonly body: NodeBody;
  readonly operation: string;
  readonly path: string;
  /** The call of a module without submodules, which may give its path to its only node. */
  readonly leafCall: object | undefined;
  readonly inputs: readonly number[];
  readonly output: number;
}

/** What PyTorch gives without copying. */
const views: ReadonlySet<Node["kind"]> = new Set(["flatten", "identity", "reshape", "transpose", "slice"]);

const mostNodes = 20_000;

export class GraphBuilder {
  /** Whether the network takes a batch: then its images have four dimensions. */
  readonly isBatched: boolean;
  readonly #bytes = new ByteTypes();
  readonly #shapes: Shape[] = [];
  readonly #drafts: Draft[] = [];
  readonly #inputs: number[] = [];

  constructor({ isBatched = true }: { readonly isBatched?: boolean } = {}) {
    this.isBatched = isBatched;
  }

  /** An input of PyTorch's shape. Inputs are named, in this order, when the graph is finished. */
  addInput(shape: readonly number[]): Activation {
    const axes = inputAxes(shape.length, this.isBatched);
    const input = this.#activation({ shape, axes }, { version: 0 });
    this.#inputs.push(input.tensor);
    return input;
  }

  /** A tensor of nothing, in place of what cannot be computed here. Never part of a graph that is returned. */
  addGhost(shape: readonly number[]): Activation | undefined {
    const axes = freshAxes(shape);
    return axes && this.#activation({ shape, axes }, { version: 0 });
  }

  /**
   * Adds a node; `place` is what messages call it. It has the dimensions of its first input, of whatever extents
   * follow from the node, unless it has another `form`. A view passes the memory of its input on, so that later
   * operations in place are noticed. With a `type`, body and result are bytes; without one they are if the inputs are.
   */
  emit(
    { frame, operation, place }: Placement,
    body: NodeBody,
    inputs: readonly Activation[],
    form?: Form,
    type?: ByteType,
  ): Activation {
    if (this.#drafts.length >= mostNodes)
      throw new CompileError(`the network unrolls to over ${mostNodes} nodes`);
    const memory = views.has(body.kind) ? inputs[0]!.memory : { version: 0 };
    const image = outputShape({ ...body, name: place, inputs: [], output: "" }, inputs.map(imageOf));
    const output = this.#activation(form ?? formOf(inputs[0]!.axes, image), memory);
    const { path, isLeaf } = frame.module;
    const leafCall = isLeaf && path !== "" ? frame.call : undefined;
    const from = inputs.map((input) => input.tensor);
    const kept = type ? { body, type } : this.#bytes.adapt(body, from, imageOf(inputs[0]!).c, place);
    this.#bytes.add(kept.body, kept.type, from, output.tensor);
    this.#drafts.push({ body: kept.body, operation, path, leafCall, inputs: from, output: output.tensor });
    return output;
  }

  /** What an activation's bytes stand for; undefined where it is float. */
  byteTypeOf({ tensor }: Activation): ByteType | undefined {
    return this.#bytes.typeOf(tensor);
  }

  /** Makes an activation bytes that so far only moves values of a network's input; false where it is more than that. */
  quantizeInput({ tensor }: Activation, type: ByteType): boolean {
    return this.#bytes.settle(tensor, type, this.#inputs);
  }

  /** The graph from the inputs to `outputs`, and the layers left out because no output needs them. */
  finish(name: string, inputNames: string | readonly string[], outputs: readonly Activation[]): Built {
    const wanted = this.#reachable(outputs.map((output) => output.tensor));
    const unused = this.#drafts
      .filter((draft) => !wanted.has(draft))
      .map((draft) => join(draft.path, draft.operation));
    const drafts = this.#drafts.filter((draft) => wanted.has(draft));
    this.#bytes.refuseMixture(
      drafts.map(({ path, operation, inputs, output }) => ({
        place: join(path, operation),
        tensors: [...inputs, output],
      })),
    );
    const names = nameDrafts(drafts);
    const tensorNames = this.#nameTensors(drafts, names, [inputNames].flat());
    const tensors = new Map<string, Tensor>();
    for (const [tensor, key] of tensorNames) {
      const type = this.#bytes.typeOf(tensor) ?? ({ dtype: "f32" } as const);
      tensors.set(key, { name: key, shape: this.#shapes[tensor]!, ...type });
    }
    const tensorName = (tensor: number): string => tensorNames.get(tensor)!;
    const nodes = drafts.map((draft, index): Node => {
      const inputs = draft.inputs.map(tensorName);
      return { ...draft.body, name: names[index]!, inputs, output: tensorName(draft.output) };
    });
    const outputNames = outputs.map((output) => tensorName(output.tensor));
    const inputs = this.#inputs.map(tensorName);
    return { graph: { name, tensors, inputs, outputs: outputNames, nodes }, unused, tensorNames };
  }

  #activation({ shape, axes }: Form, memory: Memory): Activation {
    this.#shapes.push(imageOf({ shape, axes }));
    const tensor = this.#shapes.length - 1;
    return { kind: "activation", shape, axes, memory, tensor, version: memory.version };
  }

  #reachable(outputs: readonly number[]): ReadonlySet<Draft> {
    const needed = new Set(outputs);
    const wanted = new Set<Draft>();
    for (const draft of this.#drafts.toReversed()) {
      if (!needed.has(draft.output)) continue;
      wanted.add(draft);
      for (const input of draft.inputs) needed.add(input);
    }
    return wanted;
  }

  #nameTensors(
    drafts: readonly Draft[],
    names: readonly string[],
    inputNames: readonly string[],
  ): ReadonlyMap<number, string> {
    const taken = new Set<string>();
    const tensorNames = new Map<number, string>();
    this.#inputs.forEach((tensor, index) => tensorNames.set(tensor, unique(inputNames[index]!, taken)));
    drafts.forEach((draft, index) => tensorNames.set(draft.output, unique(names[index]!, taken)));
    return tensorNames;
  }
}

function nameDrafts(drafts: readonly Draft[]): readonly string[] {
  const sizes = new Map<object, number>();
  for (const { leafCall } of drafts) if (leafCall) sizes.set(leafCall, (sizes.get(leafCall) ?? 0) + 1);
  const taken = new Set<string>();
  return drafts.map(({ leafCall, path, operation }) => {
    const isOnly = leafCall !== undefined && sizes.get(leafCall) === 1;
    return unique(isOnly ? path : join(path, operation), taken);
  });
}

function join(path: string, operation: string): string {
  return path === "" ? operation : `${path}.${operation}`;
}

/** `relu`, then `relu_1`, `relu_2`. */
function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let count = 1; taken.has(candidate); ++count) candidate = `${name}_${count}`;
  taken.add(candidate);
  return candidate;
}
