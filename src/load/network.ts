/** From something that can be run on tensors of given shapes to a graph: what all readers of PyTorch files share. */
import { CompileError } from "../error.ts";
import { validateGraph } from "../graph/validate.ts";
import type { OperatorContext, Problem } from "./aten/operator.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { portsOf, readings } from "./loaded.ts";
import type { LoadedModel } from "./loaded.ts";
import { describeValue, isValue, sequenceItems } from "./value.ts";
import type { Activation, Value } from "./value.ts";
import { WeightReader } from "./weights.ts";
import type { RecordSource } from "./weights.ts";

export interface Network {
  /** Name of the graph, a C identifier. */
  readonly name: string;
  readonly inputNames: readonly string[];
  /** The bytes of weights. */
  readonly records: RecordSource;
  /** What the network returns, and all that is wrong with it; what ended it comes first. */
  readonly run: (
    context: Pick<OperatorContext, "builder" | "weights">,
    inputs: readonly Activation[],
  ) => { readonly result: Value; readonly problems: readonly string[] };
  /** What was assumed before anything ran; asked for when all has run. */
  readonly notes: () => readonly string[];
}

/**
 * The graph of a network for inputs of these shapes, (N, C, H, W), (N, C, L) or (N, F), N taken as 1; or of one
 * dimension less where the network takes no batch.
 *
 * @throws CompileError with all that is wrong with the network and its weights.
 */
export function buildNetwork(network: Network, shapes: readonly (readonly number[])[]): LoadedModel {
  const tries = readings(shapes).map((reading) => attempt(network, reading));
  return finish(network, tries.find(({ problems }) => problems.length === 0) ?? tries[0]!);
}

/** Whether a network takes an input of this shape. */
export function accepts(network: Network, shape: readonly number[]): boolean {
  return attempt(network, { isBatched: true, shapes: [shape] }).problems.length === 0;
}

interface Attempt {
  readonly builder: GraphBuilder;
  readonly weights: WeightReader;
  readonly inputs: readonly Activation[];
  readonly result: Value;
  readonly problems: readonly string[];
}

function attempt(network: Network, { isBatched, shapes }: ReturnType<typeof readings>[number]): Attempt {
  const builder = new GraphBuilder({ isBatched });
  const weights = new WeightReader(network.records);
  const inputs = shapes.map((shape) => builder.addInput(shape));
  const given = inputs.map((input) => ({ ...input })); // what happens in place must not change what they were
  const { result, problems } = network.run({ builder, weights }, given);
  return { builder, weights, inputs, result, problems };
}

function finish({ name, inputNames, notes }: Network, done: Attempt): LoadedModel {
  const { builder, weights, inputs, result, problems } = done;
  const all = [...problems, ...weights.problems];
  if (all.length > 0) throw new CompileError(all);
  const outputs = readOutputs(result, inputs);
  const { graph, unused } = builder.finish(name, inputNames, outputs);
  validateGraph(graph);
  return {
    graph,
    inputs: portsOf(graph.inputs, inputs),
    outputs: portsOf(graph.outputs, outputs),
    notes: [...notes(), ...weights.notes, ...describeUnused(unused)],
  };
}

/** Tensors, in tuples and lists or not. */
function readOutputs(result: Value, inputs: readonly Activation[]): readonly Activation[] {
  const outputs = (sequenceItems(result) ?? [result]).flatMap((item) => sequenceItems(item) ?? [item]);
  return outputs.map((output) => {
    if (!isValue(output, "activation")) {
      throw new CompileError(
        `forward: returns ${describeValue(output)}; return a tensor or a tuple of tensors`,
      );
    }
    if (output.version !== output.memory.version) {
      throw new CompileError(
        "forward: returns a view of a tensor changed in place since; write inplace=False in the model",
      );
    }
    if (inputs.some(({ tensor }) => tensor === output.tensor))
      throw new CompileError("forward: returns its input unchanged; there is nothing to compile");
    return output;
  });
}

/** Runs operators one after another, and gathers what they refuse. */
export function collect(
  { builder, weights }: Pick<OperatorContext, "builder" | "weights">,
  run: (context: OperatorContext) => Value,
): { result: Value; problems: readonly string[] } {
  const problems: string[] = [];
  const report = ({ sentence, isMinor }: Problem): void => {
    if (isMinor !== true) problems.push(sentence);
  };
  try {
    return { result: run({ builder, weights, report }), problems };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return { result: null, problems: problems.length > 0 ? problems : error.problems };
  }
}

function describeUnused(unused: readonly string[]): readonly string[] {
  return unused.length === 0 ? [] : [`no output needs ${unused.join(", ")}; left out`];
}
