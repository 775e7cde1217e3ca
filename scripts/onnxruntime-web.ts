/**
 * onnxruntime-web as one side of a pair. Not a dependency of this package (it is 100 MB): found in a folder that is
 * given, or on the path that `npx --package onnxruntime-web` sets.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

/** The part of onnxruntime-web's interface that is used here. */
interface OnnxRuntime {
  readonly env: { readonly wasm: { numThreads?: number; simd?: boolean } };
  readonly InferenceSession: {
    readonly create: (model: Uint8Array, options: object) => Promise<OnnxSession>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => unknown;
}

interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly run: (feeds: Record<string, unknown>) => Promise<Record<string, { readonly data: unknown }>>;
}

export interface OnnxEngine {
  readonly version: string;
  /** One inference of the frame it was made with, to the output's values in JavaScript. */
  readonly run: () => Promise<Float32Array>;
}

/** `node_modules/onnxruntime-web` beside the folders of the path, as npx puts it there; or undefined. */
export function findOnnxRuntimeWeb(path = process.env["PATH"] ?? ""): string | undefined {
  return path
    .split(process.platform === "win32" ? ";" : ":")
    .filter((folder) => basename(folder) === ".bin")
    .map((folder) => join(dirname(folder), "onnxruntime-web"))
    .find((folder) => existsSync(join(folder, "package.json")));
}

/**
 * A session on one thread, Wasm with SIMD, all graph optimisations, with `frame` (1, C, H, W) as its input tensor,
 * made once: what is timed is `session.run` and nothing of ours.
 */
export async function createOnnxEngine(
  folder: string,
  model: Uint8Array,
  frame: Float32Array,
  shape: readonly number[],
): Promise<OnnxEngine> {
  const require = createRequire(join(folder, "package.json"));
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const ort = require("onnxruntime-web") as OnnxRuntime;
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });
  const feeds = { [session.inputNames[0]!]: new ort.Tensor("float32", frame, shape) };
  const output = session.outputNames[0]!;
  return {
    version,
    run: async () => (await session.run(feeds))[output]!.data as Float32Array,
  };
}
