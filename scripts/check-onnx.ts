/**
 * Holds the ONNX reader against folders of ONNX tests, which are not part of the project:
 *
 *     node dist/scripts/check-onnx.js FOLDER...
 *
 * Each folder holds tests as ONNX's own are kept: NAME/model.onnx with test_data_set_N/input_N.pb and output_N.pb,
 * TensorProto files. A test whose operators are all supported must compute what its files say; any other must be
 * refused by a `CompileError`. Ends with "N refused, N passed, N failed".
 *
 * ONNX's tests feed weights as inputs. Here the first input of a test is the network's, and the others are known
 * arrays, unless that is refused; then all are inputs.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CompileError } from "../src/error.ts";
import { isQuantized } from "../src/graph/byte-type.ts";
import { evaluate } from "../src/graph/evaluate.ts";
import type { Port } from "../src/load/loaded.ts";
import { buildOnnx } from "../src/load/onnx/load-onnx.ts";
import { readModelProto, type ModelProto } from "../src/load/onnx/model-proto.ts";
import { findOnnxOperator } from "../src/load/onnx/op/table.ts";
import { readTensorData, readTensorProto, type TensorProto } from "../src/load/onnx/tensor-proto.ts";
import { compareTensors, feedOf, type Numbers } from "./onnx-values.ts";

const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error("usage: check-onnx FOLDER... (of folders with model.onnx and test_data_set_0)");
  process.exit(1);
}

/** ONNX's numbers for element types. */
const float16 = 10;
const bfloat16 = 16;
const uint16 = 4;

const counts = { refused: 0, passed: 0, failed: 0 };
const refusals = new Map<string, string[]>();

for (const folder of folders) {
  for (const name of readdirSync(folder).toSorted()) {
    if (existsSync(join(folder, name, "model.onnx"))) check(join(folder, name), name);
  }
}
for (const [reason, names] of [...refusals].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  console.log(
    `refused  ${reason}: ${names.length} (${names.slice(0, 4).join(", ")}${names.length > 4 ? ", ..." : ""})`,
  );
console.log(`${counts.refused} refused, ${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;

function check(folder: string, name: string): void {
  const model = readModelProto(new Uint8Array(readFileSync(join(folder, "model.onnx"))));
  const start = performance.now();
  try {
    const worst = run(model, join(folder, "test_data_set_0"));
    counts.passed += 1;
    console.log(
      `pass  ${name}: worst error ${worst.toExponential(1)}, ${(performance.now() - start).toFixed(0)} ms`,
    );
  } catch (error) {
    if (error instanceof CompileError) {
      counts.refused += 1;
      const missing = model.graph.nodes.find((node) => !findOnnxOperator(node.domain, node.opType));
      const reason = missing ? `operator ${missing.opType}` : error.problems.join(" | ").slice(0, 200);
      refusals.set(reason, [...(refusals.get(reason) ?? []), name]);
      return;
    }
    counts.failed += 1;
    console.log(`FAIL  ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

/** The worst error of all outputs, relative to the largest number of each. */
function run(model: ModelProto, folder: string): number {
  const weights = new Set(model.graph.initializers.map(({ name }) => name));
  const names = model.graph.inputs.map(({ name }) => name).filter((name) => !weights.has(name));
  const typeOf = new Map(model.graph.inputs.map(({ name, elementType }) => [name, elementType]));
  const given = names.map((name, index) => ({
    ...readProto(join(folder, `input_${index}.pb`), typeOf.get(name)!),
    name,
  }));
  const expected = model.graph.outputs.map(({ elementType }, index) =>
    numbersOf(readProto(join(folder, `output_${index}.pb`), elementType)),
  );
  const ways = [1, ...(given.length > 1 ? [given.length] : [])].map((count) => ({
    fed: given.slice(0, count),
    known: given.slice(count),
  }));
  let refusal: unknown;
  for (const { fed, known } of ways) {
    try {
      return compute(bake(model, known), fed.map(numbersOf), expected);
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

/** The model with these tensors as initializers. */
function bake(model: ModelProto, known: readonly TensorProto[]): ModelProto {
  const initializers = [...model.graph.initializers, ...known];
  return { ...model, graph: { ...model.graph, initializers } };
}

/** ONNX's tests keep bfloat16 as the bits of it. */
function readProto(path: string, declared: number): TensorProto {
  if (!existsSync(path)) throw new CompileError("a test of something else than tensors");
  const tensor = readTensorProto(new Uint8Array(readFileSync(path)), path);
  return declared === bfloat16 && tensor.elementType === uint16
    ? { ...tensor, elementType: bfloat16 }
    : tensor;
}

function numbersOf(tensor: TensorProto): Numbers {
  const { data } = readTensorData(tensor, tensor.name, undefined);
  const isWide = data instanceof Float64Array && data.some((x) => Math.abs(x) > 2 ** 127);
  if (isWide) throw new CompileError("test data of float64 beyond what float32 holds");
  return { shape: tensor.shape, data };
}

/** Item by item where the network takes a batch of several as one. */
function compute(model: ModelProto, inputs: readonly Numbers[], expected: readonly Numbers[]): number {
  const loaded = buildOnnx(model, {
    name: "test",
    inputShapes: isOpen(model) ? inputs.map(({ shape }) => shape) : [],
  });
  const { graph } = loaded;
  const items = batchOf(loaded.inputs[0]!, inputs[0]!);
  let worst = 0;
  for (let item = 0; item < items; ++item) {
    const fed = loaded.inputs.map((port, index) => feedOf(graph, port, inputs[index]!, item, items));
    const values = evaluate(graph, fed);
    loaded.outputs.forEach((port, index) => {
      const error = compareTensors(graph, port, values.get(port.name)!, expected[index]!, item, items);
      const allowed = isQuantized(graph) ? 1 : toleranceOf(model.graph.outputs[index]!.elementType);
      if (!(error <= allowed)) throw new Error(`output ${index} is off by ${error}`);
      worst = Math.max(worst, error);
    });
  }
  return worst;
}

function isOpen({ graph }: ModelProto): boolean {
  return graph.inputs.some(({ shape }) => shape?.some((extent) => typeof extent !== "number") ?? true);
}

/** Half the spacing of the type's numbers, or what is asked of float32. */
function toleranceOf(elementType: number): number {
  return elementType === bfloat16 ? 2 ** -8 : elementType === float16 ? 2 ** -11 : 1e-4;
}

function batchOf(port: Port, { shape }: Numbers): number {
  return shape.join() === port.shape.join() ? 1 : (shape[0] ?? 1);
}
