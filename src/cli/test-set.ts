/** Labelled inputs to measure accuracy on: files beside the model, or a data package where it is installed. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { TestSet } from "../bench/study/accuracy.ts";
import { CompileError } from "../error.ts";
import type { Shape } from "../graph/graph.ts";
import type { NpyArray } from "../load/npy.ts";
import type { Sidecar } from "./model-file.ts";
import { imageForm, toRealImages } from "./preprocess.ts";
import { readBytesOf, readNpyFile } from "./read-file.ts";

/** The `test` of `NAME.json`: `.npy` files beside it, and an npm package that holds more (idx files). */
export interface TestFiles {
  readonly images: string;
  readonly labels: string;
  readonly words: string;
  readonly full?: {
    readonly package: string;
    readonly images: string;
    readonly labels: string;
    readonly words: string;
  };
}

/** The fullest test set there is for a model, or none. */
export function readTestSet(modelPath: string, sidecar: Sidecar, shape: Shape): TestSet | undefined {
  const { test, preprocessing } = sidecar;
  if (!test) return undefined;
  const full = test.full && packageFolder(test.full.package);
  const folder = dirname(modelPath);
  const [images, labels, words] =
    test.full && full
      ? [readIdx(join(full, test.full.images)), readIdx(join(full, test.full.labels)), test.full.words]
      : [readNpyFile(join(folder, test.images)), readNpyFile(join(folder, test.labels)), test.words];
  const inputs = toRealImages(images, imageForm(shape), shape, preprocessing, test.images);
  if (labels.shape[0] !== inputs.length)
    throw new CompileError(`${test.labels}: ${labels.shape[0] ?? 0} labels for ${inputs.length} images`);
  return {
    inputs,
    labels: Array.from(labels.data, Number),
    words: preprocessing ? `${words}; ${preprocessing.words}` : words,
  };
}

function packageFolder(name: string): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return existsSync(manifest) ? dirname(manifest) : undefined;
  } catch {
    return undefined; // not installed: the small set serves
  }
}

/** The idx format of MNIST: two zero bytes, type 8 (u8), rank, big-endian sizes, data. Images become N x 1 x H x W. */
function readIdx(path: string): NpyArray {
  const bytes = readBytesOf(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rank = bytes[3] ?? 0;
  const sizes = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const count = sizes.reduce((product, size) => product * size, 1);
  if (bytes[2] !== 8 || bytes.length !== 4 + 4 * rank + count)
    throw new CompileError(`${path}: is not an idx file of bytes; reinstall the package`);
  const shape = rank === 3 ? [sizes[0]!, 1, sizes[1]!, sizes[2]!] : sizes;
  return { shape, dtype: "u1", data: bytes.subarray(4 + 4 * rank) };
}
