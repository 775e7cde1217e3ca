/**
 * Collects the nodes the evaluator meets, then names them: by their module's path, or, where a module does more than
 * one thing, by path and operation. What no output needs is dropped.
 */
import { CompileError } from "../error.ts";
import type { Graph, Node, Shape, Tensor } from "../graph/graph.ts";
import { outputShape } from "../graph/shape.ts";
import type { Activation, Memory, ModuleValue } from "./value.ts";

type WithoutNames<N> = N extends Node ? Omit<N, "name" | "inputs" | "output"> : never;

/** A node before it has a name and tensors. */
export type NodeBody = WithoutNames<Node>;

/** Where in the module tree a node comes from. */
export interface Placement {
  readonly frame: {
    readonly module: Pick<ModuleValue, "path" | "isLeaf">;
    /** One object for one call of a module. */
    readonly call: object;
  };
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
  readonly #shapes: Shape[] = [];
  readonly #drafts: Draft[] = [];
  readonly #inputs: number[] = [];

  /** Inputs are named, in this order, when the graph is finished. */
  addInput(shape: readonly number[]): Activation {
    const input = this.#activation(shape, { version: 0 });
    this.#inputs.push(input.tensor);
    return input;
  }

  /**
   * Adds a node that computes a tensor of PyTorch's `shape`; `place` is what messages call it.
   * Without `shape` it is an image whose size follows from the node. A view (flatten, identity) passes
   * the memory of its input on, so that later operations in place are noticed.
   */
  emit(
    { frame, operation, place }: Placement,
    body: NodeBody,
    inputs: readonly Activation[],
    shape?: readonly number[],
  ): Activation {
    if (this.#drafts.length >= mostNodes)
      throw new CompileError(`the network unrolls to over ${mostNodes} nodes`);
    const isView = body.kind === "flatten" || body.kind === "identity";
    const memory = isView ? inputs[0]!.memory : { version: 0 };
    const image = outputShape(
      { ...body, name: place, inputs: [], output: "" },
      inputs.map((input) => imageOf(input.shape)),
    );
    const output = this.#activation(shape ?? [1, image.c, image.h, image.w], memory);
    const { path, isLeaf } = frame.module;
    const leafCall = isLeaf && path !== "" ? frame.call : undefined;
    const from = inputs.map((input) => input.tensor);
    this.#drafts.push({ body, operation, path, leafCall, inputs: from, output: output.tensor });
    return output;
  }

  /** The graph from the inputs to `outputs`, and the layers left out because no output needs them. */
  finish(name: string, inputNames: string | readonly string[], outputs: readonly Activation[]): Built {
    const wanted = this.#reachable(outputs.map((output) => output.tensor));
    const unused = this.#drafts
      .filter((draft) => !wanted.has(draft))
      .map((draft) => join(draft.path, draft.operation));
    const drafts = this.#drafts.filter((draft) => wanted.has(draft));
    const names = nameDrafts(drafts);
    const tensorNames = this.#nameTensors(drafts, names, [inputNames].flat());
    const tensors = new Map<string, Tensor>();
    for (const [tensor, key] of tensorNames) {
      tensors.set(key, { name: key, shape: this.#shapes[tensor]!, dtype: "f32" });
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

  #activation(shape: readonly number[], memory: Memory): Activation {
    this.#shapes.push(imageOf(shape));
    return { kind: "activation", shape, memory, tensor: this.#shapes.length - 1, version: memory.version };
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
