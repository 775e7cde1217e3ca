import assert from "node:assert/strict";
import { test } from "node:test";
import { readSamples } from "../../src/cli/samples.ts";
import { compareGraphs, type Comparison } from "../../src/pass/compare.ts";
import { modelPath, prepareModel, readModel, type ModelName } from "../support/models.ts";
import { pingpool, pingpoolJson } from "../support/pingpool.ts";

interface Diff {
  readonly samples: number;
  readonly outputs: readonly { readonly name: string; readonly argmaxEqual: number }[];
  readonly layers: readonly {
    readonly path: string;
    readonly what: string;
    readonly decibels: number | null;
    readonly largestError: number;
    readonly cure?: string;
  }[];
}

test("every layer of LeNet-5 keeps 37 dB, and its class, on test images it was not calibrated on", () => {
  const { samples, outputs, layers } = pingpoolJson(
    "diff",
    "models/lenet5.pt",
    "--data",
    "models/lenet5.samples.npy",
  ) as Diff;
  assert.equal(samples, 500);
  assert.ok(outputs[0]!.argmaxEqual >= 490, `${outputs[0]!.argmaxEqual} of 500`);
  assert.equal(layers.length, 8);
  for (const { path, decibels } of layers)
    assert.ok(decibels === null || decibels > 37, `${path}: ${decibels}`);
  assert.deepEqual(
    layers.map(({ cure }) => cure !== undefined),
    layers.map((_, rank) => rank < 3),
  );
});

function compareModel(name: ModelName, samplesFile?: string, count?: number): Comparison {
  const file = readModel(name);
  const samples = samplesFile
    ? readSamples(modelPath(samplesFile), file.graph, file.inputs, file.sidecar.preprocessing)
    : file.calibration;
  return compareGraphs(
    prepareModel(file, "f32").graph,
    prepareModel(file, "int8").graph,
    samples.slice(0, count),
  );
}

test("DS-CNN keeps its class on 98 % of samples it was not calibrated on", () => {
  const { samples, argmaxEqual, tensors } = compareModel("dscnn", "dscnn.samples.npy", 100);
  assert.equal(samples, 100);
  assert.ok([...argmaxEqual.values()][0]! >= 98);
  assert.ok(tensors[0]!.decibels > 28, `${tensors[0]!.tensor}: ${tensors[0]!.decibels}`);
});

// The crops are no CIFAR images, and of some, float's two best classes are less than a step of the output apart.
test("ResNet8 keeps its class on 60 of the 64 crops, and 28 dB everywhere", () => {
  const { samples, argmaxEqual, tensors } = compareModel("resnet8");
  assert.equal(samples, 64);
  assert.ok([...argmaxEqual.values()][0]! >= 60);
  assert.ok(tensors[0]!.decibels > 28, `${tensors[0]!.tensor}: ${tensors[0]!.decibels}`);
});

test("the table for people names layers, worst first, and says how often classes agree", () => {
  const { status, stdout } = pingpool("diff", "models/lenet5.pt");
  assert.equal(status, 0);
  const [, , headings, ...rows] = stdout.split("\n");
  assert.match(headings!, /^layer +what +dB +largest error in steps$/);
  assert.match(rows[0]!, /^11 +Linear +\d+\.\d +\d+\.\d$/);
  assert.match(stdout, /^what each cure brings alone \(measured\) +dB at the output +gain +argmax equal$/m);
  assert.match(stdout, /^biases corrected +\d+\.\d +[+-]\d\.\d +16 of 16$/m);
  assert.match(stdout, /^argmax equal on 64 of 64 samples$/m);
});

test("a network that comes quantised is refused in one sentence", () => {
  const { status, stdout, stderr } = pingpool(
    "diff",
    "test/fixtures/quantized/aware.channel.script.pt",
    "--input",
    "1x2x4x4",
  );
  assert.equal(status, 1);
  assert.match(stderr, /comes quantised and has no float form to compare with/);
  assert.equal(stderr.trim().split("\n").length, 1);
  assert.equal(stdout, "");
});
