import assert from "node:assert/strict";
import { test } from "node:test";
import { devices, missingTools, runOnDevice, type EngineFiles } from "../../src/bench/device.ts";
import { skipFor } from "../support/tools.ts";

/** An engine written by hand in the manner of the generated C: the sum of four bytes, `extra` wrong. */
function sumEngine(extra: number): EngineFiles {
  return {
    "sum.h": `#include <stdint.h>
int sum_run(const int8_t *frame, int8_t *out);
int sum_selftest(void);
`,
    "sum.c": `#include "sum.h"
extern const int8_t sum_weights[4];
static int32_t arena[64];
int sum_run(const int8_t *frame, int8_t *out)
{
    arena[0] = 0;
    for (int32_t turn = 0; turn < 1000; ++turn) {
        for (int32_t i = 0; i < 4; ++i) ((volatile int32_t *)arena)[0] += sum_weights[i] * frame[i];
    }
    *out = (int8_t)(arena[0] / 1000);
    return 0;
}
`,
    "sum_weights.c": `#include "sum.h"
extern const int8_t sum_weights[4];
const int8_t sum_weights[4] = {1, -2, 3, -4};
`,
    "sum_selftest.c": `#include "sum.h"
static const int8_t frame[4] = {5, 6, 7, -8};
static int8_t out[1];
int sum_selftest(void) { return sum_run(frame, out) != 0 || out[0] != 46 + ${extra}; }
`,
  };
}

for (const device of devices) {
  const missing = missingTools(device);
  const skip = skipFor(missing.length === 0 ? "" : `${missing.join(", ")} not found; npm run setup:devices`);

  test(
    `${device.name}: a right engine passes and its instructions are counted alike twice`,
    { skip },
    async () => {
      const run = await runOnDevice(sumEngine(0), device, { optimisation: "-O2" });
      assert.equal(run.failure, "");
      assert.ok(run.passed);
      assert.ok(run.instructions > 16_000 && run.instructions < 60_000, String(run.instructions));
      assert.deepEqual(await runOnDevice(sumEngine(0), device, { optimisation: "-O2" }), run);
      assert.equal(run.rodataBytes, 4);
      assert.equal(run.dataBytes, 0);
      assert.equal(run.bssBytes, 256);
      assert.ok(run.textBytes > 20 && run.textBytes < 200, String(run.textBytes));
    },
  );

  test(`${device.name}: a wrong byte is reported, not hidden`, { skip }, async () => {
    const run = await runOnDevice(sumEngine(1), device, { optimisation: "-O2" });
    assert.equal(run.passed, false);
    assert.equal(run.failure, "self-test returned 1");
  });
}
