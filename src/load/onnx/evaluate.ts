/**
 * Evaluates the nodes of an ONNX graph in their order: what is known is computed, what depends on the input becomes
 * nodes of our graph. A node that cannot be taken over is refused and its results are unknown; the rest is still looked
 * at, so that every problem of a model is found at once.
 */
import { CompileError } from "../../error.ts";
import type { Problem } from "../aten/operator.ts";
import type { GraphBuilder } from "../graph-builder.ts";
import { unknownValue, type Caller } from "../value.ts";
import { WeightReader } from "../weights.ts";
import type { OnnxCall, OnnxContext } from "./call.ts";
import type { GraphProto, ModelProto, NodeProto } from "./model-proto.ts";
import { findOnnxOperator, suggestOnnxAlternative } from "./op/table.ts";
import { operationName, pathOf } from "./names.ts";
import { Quantizations } from "./quantizations.ts";
import { readTensorData, type ReadBeside } from "./tensor-proto.ts";
import { isArray, type ArrayValue, type OnnxValue } from "./value.ts";
import { WeightNotes } from "./weight-notes.ts";

export interface OnnxEvaluation {
  /** By name; what is missing was never made. */
  readonly values: ReadonlyMap<string, OnnxValue>;
  readonly quantizations: Quantizations;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

const mostKnownElements = 1 << 26;

export function evaluateOnnx(
  model: ModelProto,
  builder: GraphBuilder,
  inputs: ReadonlyMap<string, OnnxValue>,
  { batch, readBeside }: { readonly batch: number; readonly readBeside: ReadBeside | undefined },
): OnnxEvaluation {
  const problems = new Map<string, Problem>();
  const report = (problem: Problem): void => void problems.set(problem.sentence, problem);
  const weights = new WeightNotes();
  const notes = new Set<string>();
  const context: OnnxContext = {
    builder,
    weights: new WeightReader({ has: () => false, read: () => new Uint8Array(0) }),
    report,
    quantizations: new Quantizations(),
    origins: new Map(),
    batch,
    noteWeight: (array) => weights.note(array),
    note: (sentence) => notes.add(sentence),
    spend: budget(mostKnownElements),
  };
  const scope = new Scope(model.graph, inputs, readBeside);
  const frames = new Map<string, Caller>();
  const opset = model.opsets.get("") ?? 1;
  for (const node of model.graph.nodes) evaluateNode({ node, opset, context, scope, frames });
  const sentences = [...problems.values()].map(({ sentence }) => sentence);
  return {
    values: scope.values,
    quantizations: context.quantizations,
    problems: [...sentences, ...weights.problems],
    notes: [...weights.notes, ...notes],
  };
}

interface Step {
  readonly node: NodeProto;
  readonly opset: number;
  readonly context: OnnxContext;
  readonly scope: Scope;
  readonly frames: Map<string, Caller>;
}

function evaluateNode({ node, opset, context, scope, frames }: Step): void {
  const path = pathOf(node);
  const frame = frames.get(path) ?? { module: { path, isLeaf: true }, call: {} };
  frames.set(path, frame);
  const source = node.name || node.outputs[0] || node.opType;
  const call = { operation: operationName(node.opType), args: {}, frame, source, node, opset, context };
  try {
    const inputs = node.inputs.map((name) => (name === "" ? undefined : scope.get(name, node)));
    const results = [run({ ...call, inputs })].flat() as OnnxValue[];
    node.outputs.forEach((name, index) => scope.set(name, results[index] ?? unknownValue));
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    for (const sentence of error.problems) context.report({ source, sentence });
    for (const name of node.outputs) scope.set(name, unknownValue);
  }
}

function run(call: OnnxCall): OnnxValue | readonly OnnxValue[] {
  const { node, inputs } = call;
  const operator = findOnnxOperator(node.domain, node.opType);
  if (!operator) return refuseOperator(call);
  if (inputs.some((value) => value?.kind === "unknown")) return unknownValue;
  const isKnown = inputs.every((value) => value === undefined || isArray(value));
  if (isKnown && operator.fold) return operator.fold(call, inputs as readonly (ArrayValue | undefined)[]);
  return operator.run ? operator.run(call) : refuseOperator(call);
}

function refuseOperator({ node, context, source }: OnnxCall): OnnxValue {
  const name = node.domain === "" ? node.opType : `${node.domain}.${node.opType}`;
  const where = source === node.opType ? "" : `${source}: `;
  context.report({
    source,
    sentence: `${where}operator ${name} is not supported; ${suggestOnnxAlternative(node.opType)}`,
  });
  return unknownValue;
}

function budget(most: number): (elements: number) => void {
  let spent = 0;
  return (elements) => {
    spent += elements + 1;
    if (spent > most)
      throw new CompileError(`has over ${most} weights and constants; not a network for a microcontroller`);
  };
}

/** Values by name; initializers are read when a node first asks for them. */
class Scope {
  readonly values = new Map<string, OnnxValue>();
  readonly #initializers: ReadonlyMap<string, GraphProto["initializers"][number]>;
  readonly #readBeside: ReadBeside | undefined;

  constructor(graph: GraphProto, inputs: ReadonlyMap<string, OnnxValue>, readBeside: ReadBeside | undefined) {
    for (const [name, value] of inputs) this.values.set(name, value);
    this.#initializers = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
    this.#readBeside = readBeside;
  }

  get(name: string, node: NodeProto): OnnxValue {
    const known = this.values.get(name);
    if (known) return known;
    const tensor = this.#initializers.get(name);
    if (!tensor)
      throw new CompileError(
        `${node.name || node.opType}: reads ${name}, which nothing before it makes; the file is damaged`,
      );
    const value: ArrayValue = {
      kind: "array",
      name,
      shape: tensor.shape,
      ...readTensorData(tensor, name, this.#readBeside),
    };
    this.values.set(name, value);
    return value;
  }

  set(name: string, value: OnnxValue): void {
    if (name !== "") this.values.set(name, value);
  }
}
