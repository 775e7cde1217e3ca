/** The intrinsics on packed words, spelt for each core in its own instructions, on the emulated cores. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { printC } from "../../src/backend/c.ts";
import { devices, missingTools, runOnDevice } from "../../src/bench/device.ts";
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
      assert.equal((await runOnDevice(files, device, { optimisation })).failure, "", optimisation);
    }
  });
}
