/**
 * Holds the reader of quantised models against a folder of real PyTorch files, which is not part of the project:
 *
 *     node dist/scripts/check-quantized.js MODELS
 *
 * Every quantised TorchScript file of zoo/ must compile, and its graph must give PyTorch's outputs (`NAME.output.npy`
 * beside it) with the same largest output for every sample: exactly where QNNPACK computed them, to one step of the output's
 * scale where oneDNN did, which keeps biases real. Layers quantised while they run are read as float and held to a
 * tolerance. Ends with "N passed, N failed".
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, prepare } from "../src/compile.ts";
import { CompileError } from "../src/error.ts";
import { evaluate } from "../src/graph/evaluate.ts";
import type { Graph, Shape } from "../src/graph/graph.ts";
import { loadModel } from "../src/load/load-model.ts";
import { readNpy } from "../src/load/npy.ts";
import { schedules } from "../src/lower/schedule.ts";
import { scheduled } from "../src/lower/scheduled.ts";
import { dequantizeOutput, quantizeInput } from "../src/pass/quantize.ts";

const isQuantized = /^(q|fx|qat)_\w+\.(script|trace|frozen)\.pt$/;
/** In steps of the output's scale; rounded, because outputs are given in single precision. */
const mostSteps = (file: string): number => (file.includes("qnnpack") ? 0 : 1);
/** Of a float network: the largest |ours - PyTorch's| over the largest |PyTorch's|. */
const dynamicTolerance = 0.05;

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: check-quantized MODELS (a folder with zoo/)");
  process.exit(1);
}

interface Array4 {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

function readFloats(path: string): Array4 {
  const { shape, data } = readNpy(readFileSync(path));
  return { shape, data: Float32Array.from(data as Float32Array) };
}

/** One item of (N,C,H,W) as HWC. */
function itemOf({ shape, data }: Array4, item: number, { h, w, c }: Shape): Float32Array {
  const length = data.length / shape[0]!;
  const image = data.subarray(item * length, (item + 1) * length);
  return image.map((_, i) => image[(i % c) * h * w + Math.floor(i / c)]!);
}

const largest = (values: Float32Array): number => values.indexOf(Math.max(...values));

interface Difference {
  /** In steps of the output's scale, or for a float network relative to its largest output. */
  readonly worst: number;
  /** Samples with another largest output. */
  readonly turned: number;
  readonly samples: number;
}

function compare(graph: Graph, input: Array4, expected: Array4): Difference {
  const [inputTensor, outputTensor] = [graph.inputs[0]!, graph.outputs[0]!].map((name) =>
    graph.tensors.get(name)!,
  );
  const samples = input.shape[0]!;
  let worst = 0;
  let turned = 0;
  for (let item = 0; item < samples; item++) {
    const real = itemOf(input, item, inputTensor!.shape);
    const isInt8 = inputTensor!.dtype !== "f32";
    const x = isInt8 ? quantizeInput(inputTensor!, real) : real;
    const y = evaluate(graph, [x]).get(outputTensor!.name)!;
    const ours = isInt8 ? dequantizeOutput(outputTensor!, y) : Float32Array.from(y);
    const theirs = itemOf(expected, item, outputTensor!.shape);
    const step = outputTensor!.quantization?.scale ?? Math.max(...theirs.map(Math.abs));
    theirs.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - ours[i]!) / step)));
    if (largest(ours) !== largest(theirs)) turned += 1;
  }
  return { worst, turned, samples };
}

let passed = 0;
let failed = 0;

function check(network: string, file: string): void {
  const place = join(folder!, "zoo", network);
  const input = readFloats(join(place, "input.npy"));
  const expected = readFloats(join(place, file.replace(/\.(script|trace|frozen)\.pt$/, ".output.npy")));
  const name = `${network}/${file}`.padEnd(56);
  try {
    const { graph, notes } = loadModel(readFileSync(join(place, file)), {
      fileName: file,
      inputShape: input.shape,
    });
    const dtype = graph.tensors.get(graph.inputs[0]!)!.dtype === "f32" ? "f32" : "int8";
    const prepared = prepare(graph, dtype, []);
    compile(prepared, {
      strategy: "stream",
      frame: "resident",
      fusePool: true,
      recipes: scheduled(schedules.blocked),
    });
    const { worst, turned, samples } = compare(prepared.graph, input, expected);
    const isClose = dtype === "int8" ? Math.round(worst) <= mostSteps(file) : worst <= dynamicTolerance;
    const unit = dtype === "int8" ? "steps" : "of the largest";
    const passes = isClose && turned === 0;
    if (passes) passed += 1;
    else failed += 1;
    const words = `${worst.toFixed(2)} ${unit}, ${samples - turned} of ${samples} agree`;
    console.log(`${passes ? "pass" : "FAIL"}  ${name} ${dtype}  ${words}  ${notes.join("; ")}`);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    failed += 1;
    console.log(`FAIL  ${name} ${error.problems.join(" | ").slice(0, 200)}`);
  }
}

for (const network of readdirSync(join(folder, "zoo"))) {
  const files = readdirSync(join(folder, "zoo", network));
  for (const file of files.filter((name) => isQuantized.test(name))) check(network, file);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
