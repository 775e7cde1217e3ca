import assert from "node:assert/strict";
import { test } from "node:test";
import { printC } from "../../src/backend/c.ts";
import type { EngineFiles } from "../../src/bench/device/build.ts";
import { devices, parts } from "../../src/bench/device/list.ts";
import { missingTools, runOnDevice } from "../../src/bench/device/run.ts";
import { compile, type Prepared, type Variant } from "../../src/compile.ts";
import { cmsisLike } from "../../src/lower/cmsis-like.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import { windowed } from "../../src/lower/window/recipe.ts";
import { winograd } from "../../src/lower/winograd/recipe.ts";
import { optimize } from "../../src/pass/passes.ts";
import { byteFrame, frame, int8, result } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";
import { skipFor } from "../support/tools.ts";

const chain = "in 10x10x3 | conv 3x3 8 s1 p1 | relu | maxpool 2 s2 | conv 3x3 6 | relu | flatten | linear 10";
const residual =
  "in 8x8x4 | conv 3x3 4 p1 | relu | as a | conv 3x3 4 p1 | add a | avgpool 2 | flatten | linear 3";

/** Compiles a network and records a random frame with the evaluator's answer as its self-test. */
function engine(text: string, dtype: Prepared["dtype"], variant: Variant): EngineFiles {
  const numbers = random(7);
  const float = net(text);
  const graph = dtype === "int8" ? int8(float, numbers) : optimize(float, { fusePool: false });
  const input = dtype === "int8" ? byteFrame(graph, numbers) : frame(graph, numbers);
  const about = {
    toolVersion: "test",
    commandLine: "test",
    modelSha256: "-",
    plan: variant.strategy,
    schedule: "test",
  };
  const sample = { input, expected: result(graph, input) };
  return printC(compile({ dtype, graph }, variant).program, { ...about, sample }).files;
}

const cases: readonly { readonly title: string; readonly files: () => EngineFiles }[] = [
  {
    title: "int8 chain, rows streamed as pushed, blocked",
    files: () =>
      engine(chain, "int8", {
        strategy: "stream",
        frame: "pushed",
        fusePool: true,
        recipes: scheduled(schedules.blocked),
      }),
  },
  {
    title: "int8 chain, CMSIS-NN-like kernels",
    files: () =>
      engine(chain, "int8", {
        strategy: "best-fit",
        frame: "resident",
        fusePool: false,
        recipes: cmsisLike,
      }),
  },
  {
    title: "int8 residual, textbook nest",
    files: () =>
      engine(residual, "int8", {
        strategy: "best-fit",
        frame: "resident",
        fusePool: false,
        recipes: scheduled(schedules.plain),
      }),
  },
  ...([1, 2] as const).map((lanes) => ({
    title: `int8 chain, sliding windows, products in ${lanes === 1 ? "ones" : "twos"}`,
    files: () =>
      engine(chain, "int8", {
        strategy: "stream",
        frame: "pushed",
        fusePool: true,
        recipes: windowed(
          {
            ...{ lanes, columns: 4, groups: 2, outputs: 1, unroll: 4, poolOnSums: true, roundOnce: true },
            ...{ reuse: "window", order: lanes === 1 ? "weights" : "inputs" },
          },
          scheduled(schedules.blocked),
        ),
      }),
  })),
  ...([1, 2] as const).map((lanes) => ({
    title: `int8 chain, Winograd, products in ${lanes === 1 ? "ones" : "twos"}`,
    files: () =>
      engine(chain, "int8", {
        strategy: "stream",
        frame: "pushed",
        fusePool: true,
        recipes: winograd(
          { m: 4, lanes, columns: 4, groups: 2, unroll: 2, order: lanes === 1 ? "weights" : "inputs" },
          scheduled(schedules.blocked),
        ),
      }),
  })),
  {
    title: "float chain, blocked",
    files: () =>
      engine(chain, "f32", {
        strategy: "paper",
        frame: "resident",
        fusePool: true,
        recipes: scheduled(schedules.blocked),
      }),
  },
];

for (const device of [...devices, ...parts]) {
  const missing = missingTools(device);
  const skip = skipFor(missing.length === 0 ? "" : `${missing.join(", ")} not found; npm run setup:devices`);
  for (const { title, files } of cases) {
    test(`${device.name}: the self-test passes: ${title}`, { skip }, async () => {
      for (const optimisation of ["-O2", "-Os"] as const) {
        const run = await runOnDevice({ files: files() }, device, { compiler: "gcc", optimisation });
        assert.equal(run.failure, "", optimisation);
        assert.ok(run.instructions > 5000, String(run.instructions));
      }
    });
  }
}
