import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineFiles } from "../../src/bench/device/build.ts";
import { devices, parts } from "../../src/bench/device/list.ts";
import { missingTools, runOnDevice } from "../../src/bench/device/run.ts";
import { skipFor } from "../support/tools.ts";

/** An engine written by hand in the manner of the generated C: the sum of four bytes, `extra` wrong. */
function sumEngine(extra: number): EngineFiles {
  return {
    "sum.h": `#include <stdint.h>
#ifdef __AVR__
#define FLASH __flash
#else
#define FLASH
#endif
int sum_run(const int8_t *frame, int8_t *out);
int sum_selftest(void);
`,
    "sum.c": `#include "sum.h"
#ifndef SUM_TRACE
#define SUM_TRACE(kernel) ((void)0)
#endif
extern const FLASH int8_t sum_weights[4];
static int32_t arena[64];
int sum_run(const int8_t *frame, int8_t *out)
{
    arena[0] = 0;
    SUM_TRACE(0);
    for (int32_t turn = 0; turn < 1000; ++turn) {
        for (int32_t i = 0; i < 4; ++i) ((volatile int32_t *)arena)[0] += sum_weights[i] * frame[i];
    }
    SUM_TRACE(7);
    *out = (int8_t)(arena[0] / 1000);
    return 0;
}
`,
    "sum_weights.c": `#include "sum.h"
extern const FLASH int8_t sum_weights[4];
const FLASH int8_t sum_weights[4] = {1, -2, 3, -4};
`,
    "sum_selftest.c": `#include "sum.h"
static const int8_t frame[4] = {5, 6, 7, -8};
static int8_t out[1];
int sum_selftest(void) { return sum_run(frame, out) != 0 || out[0] != 46 + ${extra}; }
`,
  };
}

const build = { compiler: "gcc", optimisation: "-O2" } as const;

for (const device of [...devices, ...parts]) {
  const missing = missingTools(device);
  const skip = skipFor(missing.length === 0 ? "" : `${missing.join(", ")} not found; npm run setup:devices`);

  test(
    `${device.name}: a right engine passes and its instructions are counted alike twice`,
    { skip },
    async () => {
      const run = await runOnDevice({ files: sumEngine(0) }, device, build);
      assert.equal(run.failure, "");
      assert.ok(run.passed);
      assert.ok(run.instructions > 16_000 && run.instructions < 400_000, String(run.instructions));
      assert.deepEqual(await runOnDevice({ files: sumEngine(0) }, device, build), run);
      assert.ok(run.stackBytes < 64, String(run.stackBytes));
      assert.equal(run.rodataBytes, 4);
      assert.equal(run.dataBytes, 0);
      assert.equal(run.cycles !== undefined, parts.includes(device));
      if (run.cycles !== undefined) assert.ok(run.cycles > run.instructions, String(run.cycles));
      assert.equal(run.bssBytes, 256);
      assert.ok(run.codeBytes > 20 && run.codeBytes < 1000, String(run.codeBytes));
    },
  );

  test(`${device.name}: marks divide the instructions and add none`, { skip }, async () => {
    const whole = await runOnDevice({ files: sumEngine(0) }, device, build);
    const run = await runOnDevice({ files: sumEngine(0) }, device, { ...build, marked: true });
    assert.deepEqual([...run.kernelInstructions.keys()], [0, 7]);
    const [loop, end] = [...run.kernelInstructions.values()];
    assert.ok(loop! > 16_000 && end! < 1000, `${loop} and ${end}`);
    assert.equal(loop! + end! + run.entryInstructions, run.instructions);
    assert.ok(
      Math.abs(run.instructions - whole.instructions) < 20,
      `${run.instructions}, ${whole.instructions}`,
    );
  });

  test(`${device.name}: the stack an engine paints over is measured`, { skip }, async () => {
    const deep = sumEngine(0);
    const text = deep["sum.c"]!.replace(
      "arena[0] = 0;",
      "volatile char deep[1000]; deep[0] = 1; arena[0] = 0;",
    );
    const [shallow, run] = [
      await runOnDevice({ files: deep }, device, build),
      await runOnDevice({ files: { ...deep, "sum.c": text } }, device, build),
    ];
    const more = run.stackBytes - shallow.stackBytes;
    assert.ok(more >= 1000 && more < 1032, String(more));
  });

  test(`${device.name}: a wrong byte is reported, not hidden`, { skip }, async () => {
    const run = await runOnDevice({ files: sumEngine(1) }, device, build);
    assert.equal(run.passed, false);
    assert.equal(run.failure, "self-test returned 1");
  });
}
