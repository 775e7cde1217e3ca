/**
 * Our int8 Wasm against onnxruntime-web's int8, one thread each, interleaved in one run:
 *
 *     npm run build
 *     npx --package onnxruntime-web -c "node dist/scripts/compare-onnxruntime.js INT8.onnx models/cifar_testnet.pt"
 *
 * or with `--onnxruntime-web FOLDER` for one that is installed elsewhere. INT8.onnx is the same network quantised for
 * ONNX Runtime (PyTorch's static quantisation exported, or `onnxruntime.quantization`). Both quantise for themselves, so the
 * outputs agree closely and not exactly; they are printed.
 */
import { parseArgs } from "node:util";
import { buildAssemblyScriptEngine } from "../src/bench/build-engine.ts";
import { bytesOf, type Engine } from "../src/bench/engine.ts";
import { describeEnvironment } from "../src/bench/environment.ts";
import { comparePair, type PairResult } from "../src/bench/pair.ts";
import { chooseEngine } from "../src/cli/choices.ts";
import { readBytesOf } from "../src/cli/read-file.ts";
import { engineInputs } from "../src/bench/sample.ts";
import { CompileError } from "../src/error.ts";
import { createOnnxEngine, findOnnxRuntimeWeb, type OnnxEngine } from "./onnxruntime-web.ts";

const usage =
  "compare-onnxruntime INT8.onnx MODEL.pt [--onnxruntime-web FOLDER] [--schedule NAME] [--budget MS]";

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      "onnxruntime-web": { type: "string" },
      schedule: { type: "string", default: "v128" },
      plan: { type: "string", default: "stream" },
      budget: { type: "string", default: "3000" },
    },
    allowPositionals: true,
  });
  const [onnxPath, modelPath] = positionals;
  if (onnxPath === undefined || modelPath === undefined) throw new CompileError(`usage: ${usage}`);
  const folder = values["onnxruntime-web"] ?? findOnnxRuntimeWeb();
  if (folder === undefined) {
    throw new CompileError(
      'onnxruntime-web: not found; run under `npx --package onnxruntime-web -c "…"` or give --onnxruntime-web FOLDER',
    );
  }
  const { schedule, plan } = values;
  const chosen = chooseEngine(
    { files: [modelPath], values: { schedule, plan, dtype: "int8" }, flags: new Set() },
    "compare",
  );
  const real = chosen.file.calibration[0]![0]!;
  const { graph, program } = chosen.compiled;
  const { h, w, c } = program.inputs[0]!.shape;
  const ours = await buildAssemblyScriptEngine(`${plan}, ${schedule}`, program);
  const theirs = await createOnnxEngine(folder, readBytesOf(onnxPath), channelsFirst(real, h, w, c), [
    1,
    c,
    h,
    w,
  ]);

  const quantizeFrame = (): Uint8Array => bytesOf(engineInputs(graph, [real])[0]!);
  const { scale = 1, zeroPoint = 0, type } = program.outputs[0]!;
  const result = ours.run(quantizeFrame());
  const logits = [...(type === "u8" ? result : new Int8Array(result.buffer))].map(
    (q) => scale * (q - zeroPoint),
  );
  print(`ours             ${logits.map((x) => x.toFixed(2)).join(" ")}`);
  print(`onnxruntime-web  ${[...(await theirs.run())].map((x) => x.toFixed(2)).join(" ")}`);
  print(`${describeEnvironment()}, onnxruntime-web ${theirs.version}`);

  const budgetMs = Number(values.budget);
  const frame = quantizeFrame();
  show("int8 frame in, int8 result out", await compare(theirs, ours, () => frame, budgetMs));
  show("float frame quantised each time", await compare(theirs, ours, quantizeFrame, budgetMs));
}

/** How many times as fast `ours` is; both sides take their frame in and give their result out. */
export function compare(
  theirs: OnnxEngine,
  ours: Engine,
  frame: () => Uint8Array,
  budgetMs: number,
): Promise<PairResult> {
  return comparePair(
    {
      name: "onnxruntime-web",
      isAsync: true,
      run: async () => {
        await theirs.run();
      },
    },
    {
      name: ours.name,
      run: () => {
        ours.run(frame());
      },
    },
    { budgetMs, warmUpMs: 300, batchMs: 2 },
  );
}

function channelsFirst(hwc: Float32Array, h: number, w: number, c: number): Float32Array {
  return Float32Array.from(hwc, (_, i) => hwc[(i % (h * w)) * c + Math.floor(i / (h * w))]!);
}

function show(what: string, { ratio, low, high, aNs, bNs, blocks }: PairResult): void {
  const ms = (ns: number): string => `${(ns / 1e6).toFixed(4)} ms`;
  print(
    `${what}: ours ${ms(bNs)}, onnxruntime-web ${ms(aNs)}, ${ratio.toFixed(2)} times as fast ` +
      `(${low.toFixed(2)} to ${high.toFixed(2)}, 95 % bootstrap of ${blocks} ABBA blocks)`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof CompileError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
