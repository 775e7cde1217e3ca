import assert from "node:assert/strict";
import { test } from "node:test";
import { versionOf } from "../../src/bench/device/execute.ts";
import { simulateImage } from "../../src/bench/device/simulated.ts";
import { assertAgrees, lenetOn } from "../support/device-engine.ts";
import { skipFor } from "../support/tools.ts";

const missing = ["arm-none-eabi-gcc", "qemu-system-arm"].filter((tool) => versionOf(tool) === undefined);
const skip = skipFor(missing.length === 0 ? "" : `${missing.join(", ")} not found; npm run setup:devices`);

for (const id of ["cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33"]) {
  test(
    `LeNet-5's engines for ${id} print what they print on QEMU, in as many instructions a kernel`,
    { skip },
    async () => {
      for (const options of [[], ["--core", id]]) {
        const built = await lenetOn(id, options);
        assertAgrees(await simulateImage(built.file, id, id, true), built, `${id} ${options.join(" ")}`);
        const untimed = await simulateImage(built.file, id, id, false);
        assert.equal(new TextDecoder().decode(untimed.console), built.emulation.console);
      }
    },
  );
}
