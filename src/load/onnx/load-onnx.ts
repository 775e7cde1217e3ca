/** From an ONNX file to a graph: settles the inputs' shapes, evaluates the nodes, and says all that is wrong. */
import { CompileError } from "../../error.ts";
import { validateGraph } from "../../graph/validate.ts";
import { GraphBuilder } from "../graph-builder.ts";
import { portsOf, readings, type LoadedModel } from "../loaded.ts";
import type { Activation } from "../value.ts";
import { evaluateOnnx, type OnnxEvaluation } from "./evaluate.ts";
import { inputShapesOf, networkInputs } from "./input-shape.ts";
import { makeInt8 } from "./int8.ts";
import { readModelProto, type ModelProto, type ValueInfo } from "./model-proto.ts";
import { settleOutput } from "./output.ts";
import type { ReadBeside } from "./tensor-proto.ts";
import { describeOnnxValue, type OnnxValue } from "./value.ts";

export interface OnnxOptions {
  /** Name of the graph, a C identifier. */
  readonly name: string;
  /** Of each input, in the order of the file; none where the file says them. */
  readonly inputShapes: readonly (readonly number[])[];
  /** External data: bytes of a file in the model's own folder. */
  readonly readBeside?: ReadBeside | undefined;
}

const newestOpset = 25;
/** What files of exporters were read of; the rules of older and newer sets are much the same. */
const tested = { oldest: 6, newest: 18 };

/** Reads a ModelProto; a quantised one gives an int8 graph. */
export function loadOnnx(bytes: Uint8Array, options: OnnxOptions): LoadedModel {
  return buildOnnx(readModelProto(bytes), options);
}

export function buildOnnx(model: ModelProto, options: OnnxOptions): LoadedModel {
  const opset = model.opsets.get("") ?? 1;
  if (opset < 1 || opset > newestOpset) {
    throw new CompileError(`ONNX operator set ${opset} is not supported; export with opset_version=13`);
  }
  const inputs = networkInputs(model);
  const shapes = inputShapesOf(model, inputs, options.inputShapes, (tried) => {
    return attempt(model, inputs, readings(tried)[0]!, tried, options).problems.length === 0;
  });
  const tries = readings(shapes).map((reading) => attempt(model, inputs, reading, shapes, options));
  const done = tries.find(({ problems }) => problems.length === 0) ?? tries[0]!;
  if (done.problems.length > 0) throw new CompileError([...done.problems]);
  const isTested = opset >= tested.oldest && opset <= tested.newest;
  const notes = isTested
    ? []
    : [`ONNX operator set ${opset} was not tested; ${tested.oldest} to ${tested.newest} were`];
  return finish(options.name, inputs, done, notes);
}

interface Attempt extends OnnxEvaluation {
  readonly builder: GraphBuilder;
  readonly inputs: readonly Activation[];
  readonly outputs: readonly Activation[];
}

function attempt(
  model: ModelProto,
  infos: readonly ValueInfo[],
  { isBatched, shapes }: ReturnType<typeof readings>[number],
  whole: readonly (readonly number[])[],
  { readBeside }: OnnxOptions,
): Attempt {
  const builder = new GraphBuilder({ isBatched });
  const inputs = infos.map(({ name }, index) => addInput(model, builder, name, shapes[index]!));
  const batch = isBatched ? Math.max(...whole.map(([first]) => first!), 1) : 1;
  const given = new Map<string, OnnxValue>(infos.map(({ name }, index) => [name, inputs[index]!]));
  const evaluation = evaluateOnnx(model, builder, given, { batch, readBeside });
  const problems = [...evaluation.problems];
  const outputs = problems.length > 0 ? [] : readOutputs(model, builder, evaluation, inputs, problems);
  const bytes = infos.filter(({ elementType }) => elementType === 2 || elementType === 3);
  if (bytes.length > 0 && evaluation.quantizations.isEmpty)
    problems.push(
      `input ${bytes[0]!.name}: holds bytes, and nothing says what they stand for; save the model with float inputs`,
    );
  const own = Math.max(...infos.map(({ shape }) => (typeof shape?.[0] === "number" ? shape[0] : 1)));
  const notes = isBatched && own > 1 ? [`the file's batch of ${own} is read as 1`] : [];
  return { ...evaluation, builder, inputs, outputs, problems, notes: [...evaluation.notes, ...notes] };
}

/** Where an image with its channels last goes nowhere but to transposes that put them first, it is ours as it is. */
function addInput(
  model: ModelProto,
  builder: GraphBuilder,
  name: string,
  shape: readonly number[],
): Activation {
  const readers = model.graph.nodes.filter(({ inputs }) => inputs.includes(name));
  const order = shape.length === 4 ? "0,3,1,2" : "0,2,1";
  const isChannelsLast =
    builder.isBatched &&
    (shape.length === 4 || shape.length === 3) &&
    readers.length > 0 &&
    readers.every(
      ({ opType, attributes }) => opType === "Transpose" && attributes.get("perm")?.integers.join() === order,
    );
  if (!isChannelsLast) return builder.addInput(shape);
  const first = builder.addInput([shape[0]!, shape.at(-1)!, ...shape.slice(1, -1)]);
  return Object.assign(first, { shape, axes: [first.axes[0]!, ...first.axes.slice(2), first.axes[1]!] });
}

function readOutputs(
  model: ModelProto,
  builder: GraphBuilder,
  { values }: OnnxEvaluation,
  inputs: readonly Activation[],
  problems: string[],
): readonly Activation[] {
  return model.graph.outputs.flatMap(({ name }) => {
    const value = values.get(name);
    if (value?.kind !== "activation") {
      problems.push(
        `output ${name}: is ${describeOnnxValue(value)}; a network's result depends on its input`,
      );
      return [];
    }
    return [settleOutput(builder, name, value, inputs)];
  });
}

function finish(
  name: string,
  infos: readonly ValueInfo[],
  done: Attempt,
  notes: readonly string[],
): LoadedModel {
  const { builder, inputs, outputs, quantizations } = done;
  if (outputs.length === 0) throw new CompileError("ONNX graph without an output; the file is damaged");
  const built = builder.finish(
    name,
    infos.map((info) => info.name),
    outputs,
  );
  const graph = quantizations.isEmpty
    ? built.graph
    : makeInt8(built.graph, quantizations.byName(built.tensorNames), (weights) =>
        quantizations.scalesOf(weights),
      );
  validateGraph(graph);
  return {
    graph,
    inputs: portsOf(graph.inputs, inputs),
    outputs: portsOf(graph.outputs, outputs),
    notes: [...notes, ...done.notes],
  };
}
