/** From a TorchScript archive to a graph: chooses the input's shape, runs the evaluator, and says all that is wrong. */
import { CompileError } from "../error.ts";
import type { Graph } from "../graph/graph.ts";
import { validateGraph } from "../graph/validate.ts";
import { TorchScriptArchive } from "./archive.ts";
import { evaluateAll } from "./evaluate-all.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { suggestInputShape } from "./input-shape.ts";
import type { FunctionDefinition } from "./script-ast.ts";
import { describeValue, isValue, sequenceItems } from "./value.ts";
import type { Activation, Value } from "./value.ts";
import { WeightReader } from "./weights.ts";
import type { ZipArchive } from "./zip.ts";

export interface TorchScriptOptions {
  /** Name of the graph, a C identifier. */
  readonly name: string;
  /** (N, C, H, W) or (N, F); N is taken as 1. */
  readonly inputShape: readonly number[] | undefined;
}

export interface LoadedModel {
  readonly graph: Graph;
  /** What was converted, ignored or assumed: one sentence each. */
  readonly notes: readonly string[];
}

export function loadTorchScript(zip: ZipArchive, { name, inputShape }: TorchScriptOptions): LoadedModel {
  const archive = new TorchScriptArchive(zip);
  const definition = findForward(archive);
  const shape = inputShape ?? archive.tracedInputShape();
  if (!shape) {
    const isPossible = (tried: readonly number[]): boolean =>
      interpret(archive, definition, tried).problems.length === 0;
    throw new CompileError(suggestInputShape(archive, definition, isPossible));
  }
  checkInputShape(shape);
  return unroll(archive, definition, name, [1, ...shape.slice(1)]);
}

function unroll(
  archive: TorchScriptArchive,
  definition: FunctionDefinition,
  name: string,
  shape: readonly number[],
): LoadedModel {
  const { builder, weights, input, result, problems } = interpret(archive, definition, shape);
  const all = [...problems, ...weights.problems];
  if (all.length > 0) throw new CompileError(all);
  const outputs = readOutputs(result, input);
  const { graph, unused } = builder.finish(name, definition.parameters[1]!.name, outputs);
  validateGraph(graph);
  return { graph, notes: [...describeSaving(archive), ...weights.notes, ...describeUnused(unused)] };
}

interface Interpretation {
  readonly builder: GraphBuilder;
  readonly weights: WeightReader;
  readonly input: Activation;
  readonly result: Value;
  /** All that is wrong with the program; what ended it comes first. */
  readonly problems: readonly string[];
}

function interpret(
  archive: TorchScriptArchive,
  definition: FunctionDefinition,
  shape: readonly number[],
): Interpretation {
  const builder = new GraphBuilder();
  const weights = new WeightReader(archive.zip);
  const input = builder.addInput(shape);
  const { result, problems } = evaluateAll(archive, definition, { builder, weights }, input);
  return { builder, weights, input, result, problems };
}

function findForward(archive: TorchScriptArchive): FunctionDefinition {
  const { type } = archive.root;
  const definition = archive.findClass(type)?.methods.get("forward");
  if (!definition)
    throw new CompileError(`${type}: has no forward(); save the module whose forward() is the network`);
  const [, first, ...rest] = definition.parameters;
  if (!first) throw new CompileError(`${type}.forward: takes no input; a network takes one tensor`);
  const needed = rest.filter(({ fallback }) => !fallback);
  if (needed.length > 0) {
    const names = [first, ...needed].map((parameter) => parameter.name).join(", ");
    throw new CompileError(
      `${type}.forward: takes ${needed.length + 1} inputs (${names}); one is supported, save a module that takes one`,
    );
  }
  return definition;
}

function checkInputShape(shape: readonly number[]): void {
  const text = shape.join("x");
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 1)) {
    throw new CompileError(`--input ${text}: expected whole numbers above 0, such as 1x3x32x32`);
  }
  if (shape.length < 2 || shape.length > 4) {
    throw new CompileError(
      `--input ${text}: has ${shape.length} numbers, expected batch x channels x height x width`,
    );
  }
}

function readOutputs(result: Value, input: Activation): readonly Activation[] {
  const outputs = sequenceItems(result) ?? [result];
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
    if (output.tensor === input.tensor)
      throw new CompileError("forward: returns its input unchanged; there is nothing to compile");
    return output;
  });
}

function describeSaving({ trainingModules, zip }: TorchScriptArchive): readonly string[] {
  const training = trainingModules > 0 ? ["saved in training mode; read as after model.eval()"] : [];
  const damaged = zip.damaged.map(
    (entry) => `${entry}: its checksum does not match; the file may be damaged`,
  );
  return [...training, ...damaged];
}

function describeUnused(unused: readonly string[]): readonly string[] {
  return unused.length === 0 ? [] : [`no output needs ${unused.join(", ")}; left out`];
}
