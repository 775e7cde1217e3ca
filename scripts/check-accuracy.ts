/**
 * Float and int8 accuracy of the bundled photograph networks on CIFAR-10 test images, which are not part of the project:
 *
 *     node dist/scripts/check-accuracy.js FOLDER
 *
 * FOLDER holds `images.u8.hwc.bin` (N x 32 x 32 x 3) and `labels.u8.bin`. Networks are calibrated on their own crops of
 * photographs, in which there is no CIFAR image. int8 must be within 0.5 point of float and give the same class on 98 %,
 * or what is expected of a network that does not.
 * Ends with "N passed, N failed".
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestSet } from "../src/bench/study/accuracy.ts";
import { accuracyOf } from "../src/cli/accuracy.ts";
import { imageForm, toRealImages } from "../src/cli/preprocess.ts";
import { cover } from "../src/cli/resize.ts";
import { prepareModel, readModel, type ModelName } from "../test/support/models.ts";

const side = 32;
const mostLost = 0.005;
const leastAgreement = 0.98;
/** Calibrated on 16 crops only; of two classes, 11 of 500 images lie within a step of being the other. */
const expectedAgreement: Partial<Record<ModelName, number>> = { mobilenetv1_025: 0.975 };
/** Bird, cat, deer, dog, frog and horse: class 1 of the network that tells animals from vehicles. */
const animals = new Set([2, 3, 4, 5, 6, 7]);

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: check-accuracy FOLDER (with images.u8.hwc.bin and labels.u8.bin)");
  process.exit(1);
}
const pixels = new Uint8Array(readFileSync(join(folder, "images.u8.hwc.bin")));
const labels = Array.from(readFileSync(join(folder, "labels.u8.bin")));

/** The images as the network takes them, scaled up where it takes larger ones. */
function testSet(name: ModelName): TestSet {
  const { graph, sidecar } = readModel(name);
  const shape = graph.tensors.get(graph.inputs[0]!)!.shape;
  const size = side * side * 3;
  const planes = new Uint8Array(labels.length * shape.h * shape.w * 3);
  labels.forEach((_, n) => {
    const image = { height: side, width: side, data: pixels.subarray(n * size, (n + 1) * size) };
    const { data } = cover(image, shape.h, shape.w);
    const area = shape.h * shape.w;
    data.forEach((value, i) => (planes[n * data.length + (i % 3) * area + Math.floor(i / 3)] = value));
  });
  const array = { shape: [labels.length, 3, shape.h, shape.w], dtype: "u1" as const, data: planes };
  return {
    inputs: toRealImages(array, imageForm(shape), shape, sidecar.preprocessing, folder!),
    labels: name === "mobilenetv1_025" ? labels.map((label) => (animals.has(label) ? 1 : 0)) : labels,
    words: "CIFAR-10 test images",
  };
}

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
let failed = 0;
const names: readonly ModelName[] = ["cifar_testnet", "resnet8", "mobilenetv1_025"];
for (const name of names) {
  const file = readModel(name);
  const set = testSet(name);
  const { float, int8, agreement } = await accuracyOf(
    prepareModel(file, "f32"),
    prepareModel(file, "int8"),
    set,
  );
  const ok = float - int8 <= mostLost && agreement >= (expectedAgreement[name] ?? leastAgreement);
  if (!ok) failed += 1;
  console.log(
    `${ok ? "pass" : "FAIL"}  ${name}: on ${labels.length} test images float ${percent(float)}, ` +
      `int8 ${percent(int8)}, the same class on ${percent(agreement)}`,
  );
}
console.log(`${names.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
