/** From a TorchScript archive to a graph: chooses the input's shape, runs the evaluator, and says all that is wrong. */
import { CompileError } from "../error.ts";
import { validateGraph } from "../graph/validate.ts";
import { TorchScriptArchive } from "./archive.ts";
import { evaluateAll } from "./evaluate-all.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { suggestInputShape } from "./input-shape.ts";
import { checkInputShape, portsOf, readings } from "./loaded.ts";
import type { LoadedModel } from "./loaded.ts";
import type { FunctionDefinition } from "./script-ast.ts";
import { describeValue, isValue, sequenceItems } from "./value.ts";
import type { Activation, Value } from "./value.ts";
import { WeightReader } from "./weights.ts";
import type { ZipArchive } from "./zip.ts";

export interface TorchScriptOptions {
  /** Name of the graph, a C identifier. */
  readonly name: string;
  /** (N, C, H, W), (N, C, L) or (N, F) of each input, N taken as 1; or one dimension less. None where not known. */
  readonly inputShapes: readonly (readonly number[])[];
}

export function loadTorchScript(zip: ZipArchive, { name, inputShapes }: TorchScriptOptions): LoadedModel {
  const program = openProgram(new TorchScriptArchive(zip));
  const { archive, definition, inputNames } = program;
  const shapes = inputShapes.length > 0 ? inputShapes : archive.tracedInputShapes();
  if (shapes.length === 0) {
    const isPossible = (shape: readonly number[]): boolean =>
      interpret(program, { isBatched: true, shapes: [shape] }).problems.length === 0;
    throw new CompileError(suggestInputShape(archive, definition, inputNames, isPossible));
  }
  shapes.forEach(checkInputShape);
  if (shapes.length !== inputNames.length) {
    const names = inputNames.join(", ");
    throw new CompileError(
      `${archive.root.type}.forward takes ${inputNames.length} inputs (${names}), but ${shapes.length} shapes are given; ` +
        `pass one each, such as --input ${inputNames.map(() => "1x3x32x32").join(",")}`,
    );
  }
  const tries = readings(shapes).map((reading) => interpret(program, reading));
  return finish(program, tries.find(({ problems }) => problems.length === 0) ?? tries[0]!, name);
}

interface ScriptProgram {
  readonly archive: TorchScriptArchive;
  readonly definition: FunctionDefinition;
  readonly inputNames: readonly string[];
}

function openProgram(archive: TorchScriptArchive): ScriptProgram {
  const { type } = archive.root;
  const definition = archive.findClass(type)?.methods.get("forward");
  if (!definition)
    throw new CompileError(`${type}: has no forward(); save the module whose forward() is the network`);
  const [, first, ...rest] = definition.parameters;
  if (!first) throw new CompileError(`${type}.forward: takes no input; a network takes one tensor`);
  const inputNames = [first, ...rest.filter(({ fallback }) => !fallback)].map((parameter) => parameter.name);
  return { archive, definition, inputNames };
}

function finish({ archive, inputNames }: ScriptProgram, tried: Interpretation, name: string): LoadedModel {
  const { builder, weights, inputs, result, problems } = tried;
  const all = [...problems, ...weights.problems];
  if (all.length > 0) throw new CompileError(all);
  const outputs = readOutputs(result, inputs);
  const { graph, unused } = builder.finish(name, inputNames, outputs);
  validateGraph(graph);
  return {
    graph,
    inputs: portsOf(graph.inputs, inputs),
    outputs: portsOf(graph.outputs, outputs),
    notes: [...describeSaving(archive), ...weights.notes, ...describeUnused(unused)],
  };
}

interface Interpretation {
  readonly builder: GraphBuilder;
  readonly weights: WeightReader;
  readonly inputs: readonly Activation[];
  readonly result: Value;
  /** All that is wrong with the program; what ended it comes first. */
  readonly problems: readonly string[];
}

function interpret(
  { archive, definition }: ScriptProgram,
  { isBatched, shapes }: ReturnType<typeof readings>[number],
): Interpretation {
  const builder = new GraphBuilder({ isBatched });
  const weights = new WeightReader(archive.zip);
  const inputs = shapes.map((shape) => builder.addInput(shape));
  const given = inputs.map((input) => ({ ...input })); // what happens in place must not change what they were
  const { result, problems } = evaluateAll(archive, definition, { builder, weights }, given);
  return { builder, weights, inputs, result, problems };
}

/** Tensors, in tuples and lists or not. */
export function readOutputs(result: Value, inputs: readonly Activation[]): readonly Activation[] {
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

function describeSaving({ trainingModules, zip }: TorchScriptArchive): readonly string[] {
  const training = trainingModules > 0 ? ["saved in training mode; read as after model.eval()"] : [];
  const damaged = zip.damaged.map(
    (entry) => `${entry}: its checksum does not match; the file may be damaged`,
  );
  return [...training, ...damaged];
}

export function describeUnused(unused: readonly string[]): readonly string[] {
  return unused.length === 0 ? [] : [`no output needs ${unused.join(", ")}; left out`];
}
