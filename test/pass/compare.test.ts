/** The comparison of float and int8, and the cures drawn from it, on networks small enough to work out by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { prepare } from "../../src/compile.ts";
import { CompileError } from "../../src/error.ts";
import type { Graph, Linear } from "../../src/graph/graph.ts";
import { compareGraphs } from "../../src/pass/compare.ts";
import { cureOf } from "../../src/pass/cure.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

type Samples = readonly (readonly Float32Array[])[];

const samplesOf = (...values: readonly (readonly number[])[]): Samples =>
  values.map((one) => [Float32Array.from(one)]);

function compared(graph: Graph, calibration: Samples, samples = calibration) {
  const quantized = prepare(graph, "int8", calibration).graph;
  const comparison = compareGraphs(prepare(graph, "f32", calibration).graph, quantized, samples);
  const of = (tensor: string) => comparison.tensors.find((noise) => noise.tensor === tensor)!;
  return { ...comparison, of, cure: (tensor: string) => cureOf(of(tensor), quantized, comparison) };
}

const isNear = (found: number, wanted: number): void => {
  assert.ok(Math.abs(found - wanted) < 1e-6, `${found}, expected ${wanted}`);
};

// 255 as the greatest value gives bytes with scale 1: a byte is the number it stands for.
test("noise is what rounding took away, over all samples", () => {
  const { samples, tensors, of, argmaxEqual } = compared(
    net("in 1x1x2 | relu"),
    samplesOf([0.25, 255], [3, 0.5]),
  );
  assert.equal(samples, 2);
  assert.equal(tensors.length, 2);
  // 0.25 becomes 0, and 0.5 becomes 1.
  const signal = 0.25 ** 2 + 255 ** 2 + 3 ** 2 + 0.5 ** 2;
  for (const tensor of tensors) {
    isNear(tensor.decibels, 10 * Math.log10(signal / (0.25 ** 2 + 0.5 ** 2)));
    isNear(tensor.largestError, 0.5);
  }
  // Four values, a twelfth each, would be more noise than there is.
  assert.equal(of("input").rounding, 1);
  assert.deepEqual([...argmaxEqual.values()], [2]);
});

test("values that are all whole steps are exact", () => {
  const { of, tensors } = compared(net("in 1x1x2 | relu"), samplesOf([7, 255]));
  assert.equal(of("input").decibels, Infinity);
  assert.ok(tensors.every(({ largestError }) => largestError === 0));
});

test("argmax differs where int8 makes two values one", () => {
  const { argmaxEqual } = compared(net("in 1x1x3 | relu"), samplesOf([254.9, 255, 1], [1, 2, 3]));
  assert.deepEqual([...argmaxEqual.values()], [1]);
});

test("tensors come worst first", () => {
  const { next } = random(3);
  const calibration = Array.from({ length: 4 }, () => [Float32Array.from({ length: 108 }, next)]);
  const { tensors } = compared(
    net("in 6x6x3 | conv 3x3 4 | relu | conv 3x3 4 | flatten | linear 5"),
    calibration,
  );
  const decibels = tensors.map((noise) => noise.decibels);
  assert.ok(tensors.length >= 4);
  assert.deepEqual(
    decibels,
    [...decibels].sort((a, b) => a - b),
  );
});

test("values beyond the calibrated range ask for more calibration data", () => {
  const { of, cure } = compared(net("in 1x1x2 | relu"), samplesOf([0, 255]), samplesOf([0, 300]));
  isNear(of("input").decibels, 10 * Math.log10(300 ** 2 / 45 ** 2));
  isNear(of("input").largestError, 45);
  assert.equal(of("input").outside, 0.5);
  isNear(of("input").rounding, 1 / 12 / 45 ** 2);
  assert.match(
    cure("input"),
    /50 % .* beyond the calibrated range \(limit 255, met 300\): calibrate on more/,
  );
});

test("a range that is never reached asks for calibration on such inputs", () => {
  const { cure } = compared(net("in 1x1x2 | relu"), samplesOf([0, 255]), samplesOf([1.5, 2.25]));
  assert.match(cure("input"), /reach 2\.25 where bytes go to 255: calibrate on inputs like these/);
});

test("one outlier that sets the range is to be clipped, and the layer after it is sent back to it", () => {
  const values = Array.from({ length: 2000 }, (_, i) => (i === 0 ? 100 : 1));
  const { of, cure } = compared(net("in 1x2000x1 | relu"), samplesOf(values));
  // Magnitudes are counted in 256 bins of up to twice the limit: 1 lies in the second.
  isNear(of("input").bulk, ((2 / 256) * 200) / 100);
  assert.match(cure("input"), /within 1\.56 % of its range, which outliers up to 100 set: clip/);
  assert.match(cure("0.clamp"), /begin with what it reads, input \(/);
});

test("one channel much larger than the others is to be scaled", () => {
  const values = Array.from({ length: 64 }, (_, i) => (i % 4 === 2 ? 100 - i / 7 : 1 + i / 64));
  const { cure } = compared(net("in 1x16x4 | relu"), samplesOf(values));
  assert.match(cure("input"), /channel 2 reaches 99\.7, the median channel 1\.9\d: scale this channel down/);
});

test("a channel whose largest weight leaves the others few bytes is named", () => {
  const graph = net("in 8x8x1 | linear 2");
  const linear = graph.nodes[0] as Linear;
  const { next } = random(5);
  const data = Float32Array.from({ length: 128 }, (_, i) => (i === 0 ? 10 : i < 64 ? 0.02 * next() : next()));
  const coarse = { ...graph, nodes: [{ ...linear, weight: { ...linear.weight, data } }] };
  const calibration = Array.from({ length: 8 }, () => [
    // What the large weight meets is small, so that the small weights matter.
    Float32Array.from({ length: 64 }, (_, i) => (i === 0 ? 0.01 : 1)),
  ]);
  const { cure, tensors } = compared(coarse, calibration);
  const output = tensors.find(({ tensor }) => tensor !== "input")!.tensor;
  assert.match(cure(output), /in 1 of 2 channels the 64 weights take fewer than 16 distinct bytes: clip/);
});

test("no samples, and values that are not finite, are refused", () => {
  const graph = net("in 1x1x2 | relu");
  assert.throws(() => compared(graph, samplesOf([1, 2]), []), CompileError);
  assert.throws(() => compared(graph, samplesOf([1, 2]), samplesOf([Infinity, 1])), /not finite/);
});
