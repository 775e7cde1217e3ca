/** Kernels spelt in a core's own instructions, SMLAD and Helium, give the evaluator's bytes on the emulated core. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { printC } from "../../src/backend/c.ts";
import { devices } from "../../src/bench/device/list.ts";
import { missingTools, runOnDevice } from "../../src/bench/device/run.ts";
import { compile } from "../../src/compile.ts";
import type { Recipes } from "../../src/lower/recipe.ts";
import { additionRecipe } from "../../src/lower/addition/recipe.ts";
import { denseRecipe } from "../../src/lower/dense/recipe.ts";
import { depthwiseVectorRecipe } from "../../src/lower/depthwise-vectors/recipe.ts";
import { depthwiseRecipe } from "../../src/lower/depthwise/recipe.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import { vectorRecipe } from "../../src/lower/vector/recipe.ts";
import { byteFrame, int8, result } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";
import { skipFor } from "../support/tools.ts";

const text =
  "in 9x10x3 | conv 5x5 18 p2 | relu | maxpool 2 | conv 1x1 21 | as a | conv 3x3 21 g21 p1 | relu | add a | flatten | linear 7";

const plain = scheduled(schedules.blocked);

/** What a core has instructions for: vectors where there are any, else pairs. */
function recipesFor(lanes: 2 | 16): Recipes {
  const block = { lanes, columns: 2, outputs: 4, unroll: 1, expands: lanes === 2 } as const;
  return {
    ...plain,
    of(graph, node) {
      const ways = [
        additionRecipe(graph, node, { lanes: lanes === 16 ? 4 : 1 }),
        denseRecipe(graph, node, block),
        ...(lanes === 16 ? [depthwiseVectorRecipe(graph, node, { tile: 4 })] : []),
        depthwiseRecipe(graph, node, { lanes: 2, columns: 4, tile: 8 }),
        ...(lanes === 16 ? [vectorRecipe(graph, node, { columns: 2, groups: 2, channels: 4 })] : []),
      ];
      return ways.find((way) => typeof way !== "string") ?? plain.of(graph, node);
    },
  };
}

for (const [id, lanes] of [
  ["cortex-m4", 2],
  ["cortex-m55", 16],
] as const) {
  const device = devices.find((one) => one.id === id)!;
  const missing = missingTools(device);
  const skip = skipFor(missing.length === 0 ? "" : `${missing.join(", ")} not found; npm run setup:devices`);
  test(`${device.name}: layers by ${lanes} lanes`, { skip }, async () => {
    const numbers = random(5);
    const graph = int8(net(text), numbers);
    const variant = {
      strategy: "stream",
      frame: "pushed",
      fusePool: true,
      recipes: recipesFor(lanes),
    } as const;
    const { program } = compile({ dtype: "int8", graph }, variant);
    const input = byteFrame(graph, numbers);
    const about = { toolVersion: "test", commandLine: "test", modelSha256: "-", plan: "-", schedule: "-" };
    const { files } = printC(program, { ...about, sample: { input, expected: result(graph, input) } });
    for (const optimisation of ["-O2", "-O3"] as const) {
      const run = await runOnDevice({ files }, device, { compiler: "gcc", optimisation });
      assert.equal(run.failure, "", optimisation);
    }
    const code = Object.values(files).join("");
    for (const one of [/vmladavaq_s8/, /vstrbq_scatter_offset_s16/, /vmlaq_n_s32/])
      assert.equal(one.test(code), lanes === 16);
  });
}
