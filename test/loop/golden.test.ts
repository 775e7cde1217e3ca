import { test } from "node:test";
import { printKernel } from "../../src/loop/print.ts";
import { rewriteKernel } from "../../src/loop/rewrite/apply.ts";
import { assertGolden } from "../support/golden.ts";
import { conv, convProgram } from "../support/nests.ts";
import { namedSchedules } from "../support/schedules.ts";

for (const [name, rewrites] of Object.entries(namedSchedules)) {
  test(`the ${name} schedule of a padded 3×3 convolution with a pool reads as recorded`, () => {
    const { program, rows } = convProgram({ ...conv, channels: [4, 8] });
    assertGolden(`loop/${name}.txt`, printKernel(rewriteKernel(program.kernels[1]!, rewrites, rows)));
  });
}
