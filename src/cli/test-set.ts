/** Labelled inputs to measure accuracy on: files beside the model, or a data package where it is installed. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { TestSet } from "../bench/study/accuracy.ts";
import { CompileError } from "../error.ts";
import type { Shape } from "../graph/graph.ts";
import type { NpyArray } from "../load/npy.ts";
import type { Sidecar } from "./model-file.ts";
import { isFolder, readImageFolder } from "./image-folder.ts";
import { imageForm, toRealImages, unpaddedShape } from "./preprocess.ts";
import { readBytesOf, readNpyFile } from "./read-file.ts";

/** The `test` of `NAME.json`: `.npy` files beside it, and an npm package that holds more (idx files). */
export interface TestFiles {
  readonly images: string;
  readonly labels: string;
  readonly words: string;
  /** Of a network that reproduces its input: `TestSet.threshold`. */
  readonly threshold?: number;
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
  return testSet(inputs, labelsOf(labels, test.labels), words, sidecar);
}

/** Labelled inputs that a user names: a file of them and one of labels, or a folder with a folder a class. */
export function readLabelled(
  data: string,
  labels: string | undefined,
  shape: Shape,
  sidecar: Sidecar,
): TestSet {
  const { preprocessing } = sidecar;
  const folder = isFolder(data) ? readImageFolder(data, unpaddedShape(shape, preprocessing)) : undefined;
  const classes = labels ? labelsOf(readNpyFile(labels), labels) : folder?.labels;
  if (!classes)
    throw new CompileError(
      `${data}: has no labels; give --labels FILE.npy, or a folder with a folder a class`,
    );
  const inputs = toRealImages(
    folder?.images ?? readNpyFile(data),
    imageForm(shape),
    shape,
    preprocessing,
    data,
  );
  return testSet(inputs, classes, data, sidecar);
}

function testSet(
  inputs: readonly Float32Array[],
  labels: readonly number[],
  words: string,
  { preprocessing, test }: Sidecar,
): TestSet {
  if (labels.length !== inputs.length)
    throw new CompileError(`${words}: ${labels.length} labels for ${inputs.length} images`);
  return {
    inputs,
    labels,
    words: preprocessing ? `${words}; ${preprocessing.words}` : words,
    ...(test?.threshold !== undefined && { threshold: test.threshold }),
  };
}

/** One integer a sample. */
function labelsOf({ shape, data }: NpyArray, where: string): readonly number[] {
  const labels = Array.from(data, Number);
  if (shape.length !== 1 || labels.some((label) => !Number.isInteger(label) || label < 0))
    throw new CompileError(`${where}: holds ${shape.join("x")}, expected N classes, counted from 0`);
  return labels;
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
