import assert from "node:assert/strict";
import { test } from "node:test";
import { workOf } from "../../src/backend/count.ts";
import { chooseRecipes, measureWords } from "../../src/choose/choose.ts";
import { lowerPlanned } from "../../src/compile.ts";
import type { Core } from "../../src/core/core.ts";
import { cortexM4 } from "../../src/core/cortex-m4.ts";
import { cortexM55 } from "../../src/core/cortex-m55.ts";
import { kernelCost } from "../../src/core/estimate.ts";
import { waitsOf } from "../../src/core/price.ts";
import { fusePool } from "../../src/pass/fuse-pool.ts";
import { subject } from "../support/engines.ts";
import { random } from "../support/random.ts";

const text = "in 12x12x4 | conv 3x3 8 p1 | relu | maxpool 2 s2 | conv 3x3 8 | relu | flatten | linear 5";
const graph = fusePool(subject(text, "int8", random(3)).graph);
const stream = { strategy: "stream", frame: "pushed" } as const;

test("the cycles of a choice are those of its layers, and with RAM to spare every layer has its fastest way", () => {
  const { layers, cycles } = chooseRecipes(graph, cortexM4, stream, { ramBytes: 1 << 20 });
  assert.equal(
    cycles,
    layers.reduce((sum, { chosen }) => sum + chosen.cycles, 0),
  );
  for (const { chosen, options } of layers)
    assert.equal(chosen.cycles, Math.min(...options.map((option) => option.cycles)));
});

test("without a RAM budget a twentieth of the speed is given for less RAM, and no more", () => {
  const free = chooseRecipes(graph, cortexM4, stream, { ramBytes: 1 << 20 });
  const frugal = chooseRecipes(graph, cortexM4, stream);
  assert.ok(frugal.plan.arenaBytes <= free.plan.arenaBytes);
  assert.ok(frugal.cycles <= 1.05 * free.cycles);
});

test("what ways are ranked by is said: cycles, instructions where a core is not simulated, or prices", () => {
  const measured = (of: typeof graph, core: Core): string =>
    measureWords(chooseRecipes(of, core, stream).measure, core);
  assert.match(
    measured(graph, cortexM4),
    /^cycles, estimated, within \d.* and waits for constants by the part/,
  );
  assert.equal(measured(graph, cortexM55), "instructions, estimated");
  const float = fusePool(subject(text, "f32", random(3)).graph);
  assert.match(measured(float, cortexM4), /^cycles at prices, which rank ways and are no estimate$/);
});

test("a calibrated layer's cycles are those of its kernel's estimate and the waits of its constants", () => {
  const { layers, recipes, plan } = chooseRecipes(graph, cortexM4, stream);
  const { program } = lowerPlanned({ graph, plan }, recipes);
  const work = workOf(program).find(({ layer }) => layer === layers[0]!.node)!;
  const found = kernelCost(cortexM4, work)!.cycles! + waitsOf(work.done, cortexM4);
  assert.ok(Math.abs(layers[0]!.chosen.cycles / found - 1) < 0.02, `${layers[0]!.chosen.cycles}, ${found}`);
});

test("a choice compiles with the plan it was made with", () => {
  const { recipes, plan } = chooseRecipes(graph, cortexM4, stream);
  assert.equal(lowerPlanned({ graph, plan }, recipes).program.arenaBytes, plan.arenaBytes);
});

test("budgets that nothing fits are refused with the least there is", () => {
  assert.throws(
    () => chooseRecipes(graph, cortexM4, stream, { flashBytes: 100 }),
    /^CompileError: .*a flash budget of 100 bytes is too small: its constants and kernels take at least \d+; raise --flash-budget/,
  );
  assert.throws(
    () => chooseRecipes(graph, cortexM4, stream, { ramBytes: 100 }),
    /^CompileError: .*a RAM budget of 100 bytes is too small: plan stream, frame pushed takes at least \d+/,
  );
});
