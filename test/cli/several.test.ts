import assert from "node:assert/strict";
import { test } from "node:test";
import { placesOf, toRealImages } from "../../src/cli/preprocess.ts";
import { pingpool, pingpoolJson } from "../support/pingpool.ts";

const model = ["test/fixtures/torchscript/two_inputs.script.pt", "--input", "1x3x4x2,1x3"];

test("inspect names every input and output, with PyTorch's shapes", () => {
  const { inputs, outputs } = pingpoolJson("inspect", ...model) as Record<string, unknown>;
  assert.deepEqual(inputs, [
    { name: "left", shape: [1, 3, 4, 2] },
    { name: "right", shape: [1, 3] },
  ]);
  assert.deepEqual(outputs, [
    { name: "add", shape: [1, 3, 4, 2] },
    { name: "sum", shape: [1, 3] },
    { name: "add_1", shape: [1, 3] },
  ]);
});

test("every reader agrees with the evaluator on all outputs of a network of two inputs", () => {
  const facts = pingpoolJson("verify", ...model, "--frame", "pushed") as {
    readers: { frames: number; equal: number; skipped?: string }[];
  };
  for (const { frames, equal, skipped } of facts.readers)
    assert.ok(skipped !== undefined || equal === frames);
});

test("one calibration file for two inputs is refused in a sentence", () => {
  const { status, stderr } = pingpool("plan", ...model, "--calib", "a.npy");
  assert.equal(status, 1);
  assert.match(stderr, /a\.npy: 1 files for 2 inputs; give one file an input.*in the order left, right/);
});

test("arrays are read in the order of the port's own dimensions", () => {
  const image = { h: 2, w: 2, c: 3 };
  const data = Float32Array.from({ length: 12 }, (_, i) => i);
  const last = { shape: [1, 2, 2, 3], axes: [null, "h", "w", "c"] } as const;
  const array = { shape: [1, 2, 2, 3], dtype: "f4", data } as const;
  assert.deepEqual(toRealImages(array, last, image, undefined, "x"), [data]);
  const first = { shape: [3, 2, 2], axes: ["c", "h", "w"] } as const;
  assert.deepEqual([...placesOf(first, image)], [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
});
