/**
 * Holds the loader against a folder of real PyTorch files, which is not part of the project:
 *
 *     node dist/scripts/check-zoo.js MODELS
 *
 * Networks of which everything is supported must compute what PyTorch computed (`output.npy` beside them); every other
 * file of `zoo/`, and all of `bad/`, must do so too or be refused by a `CompileError`. Ends with "N passed, N failed".
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CompileError } from "../src/error.ts";
import { evaluate } from "../src/graph/evaluate.ts";
import { loadModel } from "../src/load/load-model.ts";
import { readNpy } from "../src/load/npy.ts";

const supported = ["lenet5", "lenet5_functional", "cifar_testnet", "nested_seq"];
const ways = ["script", "trace", "frozen"];
const isFloatModel = /^model\.(script|trace|frozen)\.pt$/;

/** Input shapes of the files of bad/ that do not fail before it matters. */
const badInputs: Readonly<Record<string, readonly number[]>> = {
  "attention.trace.pt": [1, 4, 16],
  "channels_last.script.pt": [1, 3, 8, 8],
  "data_dependent_if.script.pt": [1, 1, 16, 16],
  "fft.script.pt": [1, 8],
  "lstm.script.pt": [1, 5, 8],
  "nan_weights.script.pt": [1, 1, 32, 32],
  "tied_weights.script.pt": [1, 8],
  "train_mode_bn.script.pt": [1, 3, 32, 32],
};

const largestError = 1e-5;
const slowestMs = 5000;

const models = process.argv[2];
if (models === undefined) {
  console.error("usage: check-zoo MODELS (a folder with zoo/ and bad/)");
  process.exit(1);
}

let passed = 0;
let failed = 0;

function report(ok: boolean, line: string): void {
  if (ok) passed += 1;
  else failed += 1;
  console.log(`${ok ? "pass" : "FAIL"}  ${line}`);
}

/** Largest |ours - PyTorch's| over the largest |PyTorch's| of the same item. */
function worstRelativeError(folder: string, file: string): number {
  const input = readFloats(join(folder, "input.npy"));
  const expected = readFloats(join(folder, "output.npy"));
  const bytes = readFileSync(join(folder, file));
  const { graph } = loadModel(bytes, { fileName: file, inputShape: input.shape });
  const items = input.shape[0]!;
  const [inputLength, outputLength] = [input.data.length / items, expected.data.length / items];
  let worst = 0;
  for (let item = 0; item < items; ++item) {
    const image = input.data.subarray(item * inputLength, (item + 1) * inputLength);
    const output = evaluate(graph, [interleave(image, input.shape)]).get(graph.outputs[0]!)!;
    const reference = expected.data.subarray(item * outputLength, (item + 1) * outputLength);
    const scale = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    reference.forEach((value, index) => (worst = Math.max(worst, Math.abs(value - output[index]!) / scale)));
  }
  return worst;
}

function readFloats(path: string): { shape: readonly number[]; data: Float32Array } {
  const { shape, data } = readNpy(readFileSync(path));
  return { shape, data: Float32Array.from(data as Float32Array) };
}

/** One item of (N,C,H,W) as HWC. */
function interleave(image: Float32Array, [, c = 1, h = 1, w = 1]: readonly number[]): Float32Array {
  return image.map((_, index) => image[(index % c) * h * w + Math.floor(index / c)]!);
}

function checkValues(network: string): void {
  for (const way of ways) {
    const error = worstRelativeError(join(models!, "zoo", network), `model.${way}.pt`);
    report(
      error <= largestError,
      `${network}/model.${way}.pt: worst relative error ${error.toExponential(2)}`,
    );
  }
}

function readInputShape(folder: string): readonly number[] | undefined {
  const hasInput = readdirSync(folder).includes("input.npy");
  return hasInput ? readNpy(readFileSync(join(folder, "input.npy"))).shape : undefined;
}

/** Loads, and where PyTorch's output is known computes it too, or is refused; either in reasonable time. */
function checkOutcome(folder: string, file: string, shape?: readonly number[]): void {
  const bytes = readFileSync(join(folder, file));
  const name = `${folder.slice(models!.length + 1)}/${file}`;
  const inputShape = shape ?? readInputShape(folder);
  const start = performance.now();
  try {
    loadModel(bytes, { fileName: file, ...(inputShape ? { inputShape } : {}) });
  } catch (error) {
    const isRefusal = error instanceof CompileError;
    const isFast = performance.now() - start < slowestMs;
    report(
      isRefusal && isFast,
      `${name}: ${isRefusal ? error.problems.join(" | ").slice(0, 240) : String(error)}`,
    );
    return;
  }
  const isFast = performance.now() - start < slowestMs;
  if (!isFloatModel.test(file)) return report(isFast, `${name}: loads`);
  const worst = worstRelativeError(folder, file);
  report(isFast && worst <= largestError, `${name}: loads, worst relative error ${worst.toExponential(2)}`);
}

for (const network of supported) checkValues(network);
for (const network of readdirSync(join(models, "zoo"))) {
  const folder = join(models, "zoo", network);
  const files = readdirSync(folder).filter((name) => /\.(pt|pth|ptl|pt2|onnx)$/.test(name));
  const checked = supported.includes(network) ? ways.map((way) => `model.${way}.pt`) : [];
  for (const file of files) if (!checked.includes(file)) checkOutcome(folder, file);
}
const bad = join(models, "bad");
for (const file of readdirSync(bad)) {
  checkOutcome(bad, file);
  if (badInputs[file]) checkOutcome(bad, file, badInputs[file]);
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
