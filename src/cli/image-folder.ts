/** A folder of PNG and JPEG files as one array of bytes, and the classes its folders stand for. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { CompileError } from "../error.ts";
import type { Shape } from "../graph/graph.ts";
import { decodeImage, type Image } from "../load/image.ts";
import type { NpyArray } from "../load/npy.ts";
import { readBytesOf } from "./read-file.ts";
import { cover } from "./resize.ts";

export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

export interface ImageFolder {
  /** N x C x H x W */
  readonly images: NpyArray;
  /** Where all images are in folders of the folder: the number of each one's folder, by name, as torchvision's ImageFolder. */
  readonly labels?: readonly number[];
}

/** All images of a folder, or of the folders in it, in the order of their names; each resized to `shape`. */
export function readImageFolder(folder: string, shape: Shape): ImageFolder {
  if (shape.c !== 1 && shape.c !== 3)
    throw new CompileError(
      `${folder}: images have 1 or 3 channels and the network takes ${shape.c}; give a .npy file instead`,
    );
  const direct = imagesIn(folder);
  const classes = readdirSync(folder)
    .filter((name) => isFolder(join(folder, name)))
    .sort();
  const sorted = classes.map((name) => imagesIn(join(folder, name)));
  const paths = direct.length > 0 ? direct : sorted.flat();
  if (paths.length === 0) throw new CompileError(`${folder}: holds no .png, .jpg or .jpeg`);
  const data = new Uint8Array(paths.length * shape.c * shape.h * shape.w);
  paths.forEach((path, n) => data.set(planesOf(readImage(path), shape), (n * data.length) / paths.length));
  const images: NpyArray = { shape: [paths.length, shape.c, shape.h, shape.w], dtype: "u1", data };
  return direct.length > 0 ? { images } : { images, labels: sorted.flatMap((own, k) => own.map(() => k)) };
}

function imagesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /\.(png|jpe?g)$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function readImage(path: string): Image {
  try {
    return decodeImage(readBytesOf(path));
  } catch (error) {
    if (error instanceof CompileError && !error.message.startsWith(path))
      throw new CompileError(`${path}: ${error.message}`);
    throw error;
  }
}

/** C x H x W; one channel is the luminance of ITU-R 601, as Pillow computes it. */
function planesOf(image: Image, { h, w, c }: Shape): Uint8Array {
  const { data } = cover(image, h, w);
  const at = (pixel: number, rgb: number): number => data[pixel * 3 + rgb]!;
  if (c === 3)
    return Uint8Array.from({ length: 3 * h * w }, (_, i) => at(i % (h * w), Math.floor(i / (h * w))));
  return Uint8Array.from(
    { length: h * w },
    (_, i) => (19595 * at(i, 0) + 38470 * at(i, 1) + 7471 * at(i, 2) + 0x8000) >> 16,
  );
}
