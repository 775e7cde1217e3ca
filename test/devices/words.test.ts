/** The intrinsics on packed words, spelt for each core in its own instructions, on the emulated cores. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { printC } from "../../src/backend/c.ts";
import { devices } from "../../src/bench/device/list.ts";
import { missingTools, runOnDevice } from "../../src/bench/device/run.ts";
import { random } from "../support/random.ts";
import { skipFor } from "../support/tools.ts";
import { wordsProgram } from "../support/words.ts";

const { program, frame, expected } = wordsProgram(random(23), 200);
const about = { toolVersion: "test", commandLine: "test", modelSha256: "-", plan: "-", schedule: "-" };
const { files } = printC(program, { ...about, sample: { input: frame, expected } });

for (const device of devices) {
  const missing = missingTools(device);
  const skip = skipFor(missing.length === 0 ? "" : `${missing.join(", ")} not found; npm run setup:devices`);
  test(`${device.name}: packed words mean the same`, { skip }, async () => {
    for (const optimisation of ["-O2", "-O3"] as const) {
      const run = await runOnDevice({ files }, device, { compiler: "gcc", optimisation });
      assert.equal(run.failure, "", optimisation);
    }
  });
}
