import assert from "node:assert/strict";
import { test } from "node:test";
import { pingpool, pingpoolJson } from "../support/pingpool.ts";

const weights = "test/fixtures/torchscript/checkpoint.pth";
const file = "test/fixtures/architectures/tiny.json";

test("weights and --arch make a model", () => {
  const facts = pingpoolJson("inspect", weights, "--arch", file) as Record<string, unknown>;
  assert.equal(facts.parameters, 3 * 4 + 3 + 2 * 3 + 2);
  assert.deepEqual(facts.inputs, [{ name: "input", shape: [1, 4] }]);
  assert.deepEqual(facts.compiles, { f32: [], int8: [] });
});

test("inspect tells the range of every layer's weights", () => {
  const { layers } = pingpoolJson("inspect", weights, "--arch", file) as {
    layers: { weights: { min: number; max: number } }[];
  };
  for (const { weights } of layers) assert.ok(weights.min < 0 && weights.max > 0 && weights.max < 1);
});

test("inspect lists all that is in the way of a file that cannot be read", () => {
  const { status, stdout } = pingpool(
    "inspect",
    "test/fixtures/torchscript/unsupported.script.pt",
    "--input",
    "1x1x8x8",
  );
  assert.equal(status, 1);
  const lines = stdout.trimEnd().split("\n");
  assert.match(lines[0]!, /unsupported\.script\.pt: 4 things are in the way$/);
  assert.match(
    lines[1]!,
    /^- act gelu: torch\.gelu on 1x2x8x8 is not supported; use SiLU or Hardswish \(code/,
  );
  assert.equal(lines.length, 5);
});

test("an architecture file that is not there is a sentence", () => {
  const { status, stderr } = pingpool("plan", weights, "--arch", "nowhere.json");
  assert.equal(status, 1);
  assert.match(stderr, /nowhere\.json: no such file/);
});
