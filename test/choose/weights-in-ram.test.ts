import assert from "node:assert/strict";
import { test } from "node:test";
import { countProgram } from "../../src/backend/count.ts";
import { automaticInRam } from "../../src/choose/weights-in-ram.ts";
import { compile } from "../../src/compile.ts";
import { cores } from "../../src/core/cores.ts";
import { priceOf } from "../../src/core/price.ts";
import type { Program } from "../../src/loop/program.ts";
import type { Recipes } from "../../src/lower/recipe.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import { int8 } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

const core = cores.find(({ id }) => id === "sifive-e31")!;
const plainRecipes = scheduled(schedules.blocked);
const network = int8(
  net("in 16x16x1 | conv 5 6 | relu | conv 3 8 | relu | maxpool 2 | flatten | linear 10"),
  random(6),
);
const compiled = (recipes: Recipes) =>
  compile(
    { dtype: "int8", graph: network },
    { strategy: "stream", frame: "pushed", fusePool: true, recipes },
  );
const cyclesOf = (program: Program): number =>
  countProgram(program).reduce((sum, { counts }) => sum + priceOf(counts, core), 0);

test("what is said to be saved is what the whole program takes less at the core's prices, and no layer is too large", () => {
  const plain = compiled(plainRecipes);
  for (const freeBytes of [300, 1000]) {
    const { recipes, layers } = automaticInRam(plain.graph, plainRecipes, core, freeBytes);
    assert.ok(layers.length > 0 && layers.reduce((sum, { bytes }) => sum + bytes, 0) <= freeBytes);
    const saved = layers.reduce((sum, { savedCycles }) => sum + savedCycles!, 0);
    const difference = cyclesOf(plain.program) - cyclesOf(compiled(recipes).program);
    assert.ok(saved > 0 && Math.abs(difference / saved - 1) < 0.05, `${difference} and ${saved}`);
  }
});
