/** Folders of images, archives of arrays and labelled data, as the command line takes them. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { encode as encodePng } from "fast-png";
import { zipSync } from "fflate";
import { encode as encodeJpeg } from "jpeg-js";
import { readImageFolder } from "../../src/cli/image-folder.ts";
import { readNpyFile } from "../../src/cli/read-file.ts";
import { cover } from "../../src/cli/resize.ts";
import { CompileError } from "../../src/error.ts";
import { decodeImage } from "../../src/load/image.ts";
import { writeNpy } from "../../src/load/npy.ts";
import { pingpool, pingpoolJson } from "../support/pingpool.ts";

const folder = mkdtempSync(join(tmpdir(), "pingpool-images-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Red grows along x, green along y, blue is 40. */
const gradient = (height: number, width: number) => ({
  height,
  width,
  data: Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return [x * 10, y * 10, 40][i % 3]!;
  }),
});

const png = ({ height, width, data }: ReturnType<typeof gradient>): Uint8Array =>
  encodePng({ width, height, data, channels: 3 });

function jpeg({ height, width, data }: ReturnType<typeof gradient>): Uint8Array {
  const rgba = Uint8Array.from({ length: height * width * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : data[Math.floor(i / 4) * 3 + (i % 4)]!,
  );
  return encodeJpeg({ width, height, data: rgba }, 100).data;
}

test("PNG pixels come as they are, of colour, grey, palette and 16 bits; JPEG pixels nearly", () => {
  const image = gradient(6, 9);
  assert.deepEqual({ ...decodeImage(png(image)) }, image);
  const near = decodeImage(jpeg(image)).data;
  assert.ok(near.every((value, i) => Math.abs(value - image.data[i]!) <= 8));
  const grey = encodePng({ width: 2, height: 1, data: Uint8Array.of(7, 200), channels: 1 });
  assert.deepEqual([...decodeImage(grey).data], [7, 7, 7, 200, 200, 200]);
  const deep = encodePng({
    width: 1,
    height: 1,
    data: Uint16Array.of(256, 513, 65535),
    channels: 3,
    depth: 16,
  });
  assert.deepEqual([...decodeImage(deep).data], [1, 2, 255]);
});

test("an image of its own size is kept, a larger one is averaged, a wider one loses its sides", () => {
  const image = gradient(8, 8);
  assert.deepEqual(cover(image, 8, 8), image);
  const half = cover(gradient(8, 8), 4, 4);
  // Interior pixel (1, 2): a triangle around x = 4.5, y = 2.5 on linear ramps gives 45 and 25.
  assert.deepEqual([...half.data.subarray((4 + 2) * 3, (4 + 2) * 3 + 3)], [45, 25, 40]);
  const wide = gradient(4, 8);
  const cut = cover(wide, 4, 4);
  assert.deepEqual([...cut.data.subarray(0, 3)], [20, 0, 40]);
});

test("a folder gives its images in order; of a folder a class, the classes too", () => {
  const flat = join(folder, "flat");
  mkdirSync(flat);
  writeFileSync(join(flat, "b.jpg"), jpeg(gradient(4, 4)));
  writeFileSync(join(flat, "a.PNG"), png(gradient(4, 4)));
  writeFileSync(join(flat, "notes.txt"), "no image");
  const { images, labels } = readImageFolder(flat, { h: 4, w: 4, c: 3 });
  assert.deepEqual(images.shape, [2, 3, 4, 4]);
  assert.equal(labels, undefined);
  assert.deepEqual([...images.data.subarray(0, 4)], [0, 10, 20, 30]);
  assert.ok(images.data.subarray(32, 48).every((blue) => blue === 40));
  const sorted = join(folder, "sorted");
  for (const [name, count] of [
    ["cat", 2],
    ["dog", 1],
  ] as const) {
    // prettier-ignore
    mkdirSync(join(sorted, name), { recursive: true });
    for (let i = 0; i < count; i++) writeFileSync(join(sorted, name, `${i}.png`), png(gradient(4, 4)));
  }
  assert.deepEqual(readImageFolder(sorted, { h: 4, w: 4, c: 1 }).labels, [0, 0, 1]);
  assert.throws(() => readImageFolder(flat, { h: 4, w: 4, c: 2 }), /have 1 or 3 channels .* takes 2/);
});

test("what is no image is refused by its path, and a huge one before its pixels are made", () => {
  const broken = join(folder, "broken");
  mkdirSync(broken);
  writeFileSync(join(broken, "x.png"), "no image at all");
  assert.throws(
    () => readImageFolder(broken, { h: 4, w: 4, c: 3 }),
    /x\.png: is no PNG or JPEG that can be read/,
  );
  const huge = png(gradient(4, 4));
  new DataView(huge.buffer, huge.byteOffset).setUint32(16, 100_000);
  new DataView(huge.buffer, huge.byteOffset).setUint32(20, 100_000);
  assert.throws(() => decodeImage(huge), /has 10000 megapixels; make it smaller than 64/);
  for (let length = 0; length < 80; length += 7)
    assert.throws(() => decodeImage(png(gradient(4, 4)).subarray(0, length)), CompileError);
});

test("an .npz file gives its one array, or the one named", () => {
  const one = { shape: [2], dtype: "f4" as const, data: Float32Array.of(1, 2) };
  const path = join(folder, "both.npz");
  writeFileSync(
    path,
    zipSync({ "x.npy": writeNpy(one), "y.npy": writeNpy({ ...one, data: Float32Array.of(3, 4) }) }),
  );
  assert.deepEqual([...readNpyFile(`${path}:y`).data], [3, 4]);
  assert.throws(() => readNpyFile(path), /holds x, y; say which, as in FILE\.npz:x/);
  writeFileSync(path, zipSync({ "x.npy": writeNpy(one) }));
  assert.deepEqual([...readNpyFile(path).data], [1, 2]);
});

test("a model calibrates on a folder, and its accuracy on labelled data is counted for float and int8", () => {
  const { samples } = pingpoolJson("diff", "models/lenet5.pt", "--calib", join(folder, "flat")) as {
    samples: number;
  };
  assert.equal(samples, 2);
  const { accuracy } = pingpoolJson("diff", "models/autoencoder.pt", "--accuracy") as {
    accuracy: Record<"samples" | "float" | "int8" | "agreement", number>;
  };
  assert.deepEqual([accuracy.samples, accuracy.float], [200, 0.85]);
  assert.ok(Math.abs(accuracy.int8 - 0.85) < 0.0051 && accuracy.agreement >= 0.98);
  const { status, stderr } = pingpool("diff", "models/resnet8.pt", "--accuracy");
  assert.equal(status, 1);
  assert.match(stderr, /resnet8\.pt: comes with no labelled data; give --data FILE\.npy --labels FILE\.npy/);
});
