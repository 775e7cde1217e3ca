import { test } from "node:test";
import assert from "node:assert/strict";
import { countProgram } from "../../src/backend/count.ts";
import { createInterpreter } from "../../src/backend/interpret.ts";
import { addCounts, type Operation } from "../../src/loop/operation.ts";
import { rewriteKernel } from "../../src/loop/rewrite/apply.ts";
import { type NestProgram, conv, convProgram, poolProgram, randomConv } from "../support/nests.ts";
import { namedSchedules, randomSchedule } from "../support/schedules.ts";

function assertCountsMatchARun({ program, frame }: NestProgram, what: string): void {
  const seen = new Map(
    program.kernels.map((kernel) => [kernel.layer, { ...addCounts() } as Record<Operation, number>]),
  );
  createInterpreter(program, (layer, operation, times) => {
    seen.get(layer)![operation] += times;
  }).run([frame]);
  const counted = countProgram(program).map(({ layer, counts }) => [layer, counts]);
  assert.deepEqual(Object.fromEntries(counted), Object.fromEntries(seen), what);
}

test("counts without running equal the counts of a run, for every schedule of random convolutions and pools", () => {
  for (let seed = 1; seed <= 25; seed++) {
    const nest = seed % 5 === 0 ? poolProgram("i8", 6, 3, 3, 2, seed) : convProgram(randomConv(seed), seed);
    for (const rewrites of [...Object.values(namedSchedules), randomSchedule(seed)]) {
      const kernels = nest.program.kernels.map((kernel) => rewriteKernel(kernel, rewrites));
      assertCountsMatchARun(
        { ...nest, program: { ...nest.program, kernels } },
        `seed ${seed} ${JSON.stringify(rewrites)}`,
      );
    }
  }
});

test("a convolution without padding does one mac a product, and one loop turn a product where nothing is unrolled", () => {
  const spec = { ...conv, padding: [0, 0], pool: { kernel: 1, stride: 1 }, zeroPoint: 0 } as const;
  const [, nest] = countProgram(convProgram(spec).program);
  const outputs = 6 * 6 * 6;
  assert.equal(nest!.counts.mac, outputs * 3 * 3 * 3);
  assert.equal(nest!.counts.load8, nest!.counts.mac);
  assert.equal(nest!.counts.loadConst8, nest!.counts.mac);
  assert.equal(nest!.counts.requantize, outputs);
  assert.equal(nest!.counts.store8, outputs);
  assert.equal(nest!.counts.add, outputs); // the output's zero point
  assert.equal(nest!.counts.call, 6);
  // oc and px in every row; wy, wx, ky, kx and ic in every output.
  assert.equal(nest!.counts.loop, 6 * (6 + 6 * 6) + outputs * (1 + 1 + 3 + 9 + 27));
});

test("clipped borders are left out of the count", () => {
  const [, padded] = countProgram(convProgram({ ...conv, pool: { kernel: 1, stride: 1 } }).program);
  const taps = 3 * 8 - 2; // of the 8 × 3 taps along an axis, one at each border is outside
  assert.equal(padded!.counts.mac, taps * taps * 3 * 6);
});
