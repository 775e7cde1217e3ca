import assert from "node:assert/strict";
import { test } from "node:test";
import { cmsisLike } from "../../src/lower/cmsis-like.ts";
import { lowerProgram } from "../../src/lower/program.ts";
import { planNeeds } from "../../src/lower/recipe.ts";
import { scheduleOf, schedules } from "../../src/lower/schedule.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import { printKernel } from "../../src/loop/print.ts";
import type { Program } from "../../src/loop/program.ts";
import { fusePool } from "../../src/pass/fuse-pool.ts";
import { planMemory } from "../../src/plan/plan-memory.ts";
import { programOf, subject } from "../support/engines.ts";
import { assertGolden } from "../support/golden.ts";
import { random } from "../support/random.ts";

const small = "in 6x8x2 | conv 3x3 4 p1 | relu | maxpool 2 s2 | flatten | linear 3";

function lowered(
  text: string,
  schedule: keyof typeof schedules,
  strategy: "naive" | "stream" = "stream",
): Program {
  const { graph } = subject(text, "int8", random(2));
  return programOf(graph, { schedule, strategy, frame: strategy === "naive" ? "resident" : "pushed" })!;
}

const kernelsOf = (program: Program): string => program.kernels.map(printKernel).join("\n");

test("calls are the plan's events, results last", () => {
  const { graph } = subject(small, "int8", random(2));
  const fused = fusePool(graph);
  const plan = planMemory(fused, { strategy: "stream", frame: "pushed" });
  const { calls, kernels, inputKernels } = lowerProgram(fused, plan, scheduled(schedules.plain));
  assert.equal(calls.length, plan.events.length);
  const names = calls.map(({ kernel, row }) => `${kernels[kernel]!.layer} ${row}`);
  assert.deepEqual(
    names.slice(0, -1),
    plan.events
      .slice(0, -1)
      .map((e) =>
        e.kind === "input" ? `${e.tensor} ${e.row}` : e.kind === "step" ? `${e.node} ${e.step}` : "",
      ),
  );
  assert.deepEqual(inputKernels, [0]);
  assert.equal(kernels[calls.at(-1)!.kernel]!.name.endsWith("_output"), true);
});

test("a plan of two rows a step takes a kernel that writes two", () => {
  const { graph } = subject(small, "int8", random(2));
  const fused = fusePool(graph);
  const [first] = fused.nodes;
  const rowsPerStep = new Map([[first!.name, 2]]);
  const plan = planMemory(fused, { strategy: "stream", frame: "pushed", rowsPerStep });
  assert.throws(
    () => lowerProgram(fused, plan, scheduled(schedules.plain)),
    /planned for 2 rows a step, but its recipe computes 1/,
  );
});

test("the plain and the blocked nest of a padded, pooled convolution are the golden text", () => {
  assertGolden("lower/plain.txt", kernelsOf(lowered(small, "plain")));
  assertGolden("lower/blocked.txt", kernelsOf(lowered(small, "blocked")));
});

test("rows are found modulo the ring's height, and by their number in a ring as tall as the tensor", () => {
  const text = "in 12x6x1 | conv 3x3 2 | conv 3x3 2";
  assert.match(kernelsOf(lowered(text, "plain")), /% 3/);
  assert.doesNotMatch(kernelsOf(lowered(text, "plain", "naive")), /%/);
});

test("borders are clipped only where a window can leave the image", () => {
  assert.doesNotMatch(kernelsOf(lowered("in 7x7x2 | conv 3x3 2 s2", "plain")), /ky[01]|kx[01]/);
  const uneven = kernelsOf(lowered("in 6x6x2 | conv 3x3 2 p1,0,0,1", "plain"));
  assert.match(uneven, /ky0/);
  assert.match(uneven, /kx1/);
  assert.doesNotMatch(uneven, /ky1|kx0/);
});

test("the zero point of an unpadded input is folded into the bias", () => {
  assert.doesNotMatch(kernelsOf(lowered("in 5x5x2 | conv 3x3 2", "plain")), /input_rows\[.*\] [-+] \d/);
  assert.match(kernelsOf(lowered("in 5x5x2 | conv 3x3 2 p1", "plain")), /input_rows\[.*\] [-+] \d/);
});

test("weights no kernel reads are not in the program", () => {
  const program = lowered("in 5x9x3 | conv 3x3 4", "v128");
  const names = program.constants.map(({ buffer }) => buffer.name);
  assert.deepEqual(
    names.filter((name) => /weight|packed/.test(name)),
    ["n0_conv2d_packed"],
  );
});

test("a float network refuses v128 and says what to do", () => {
  const { graph } = subject(small, "f32", random(2));
  const plan = planMemory(graph, { strategy: "naive", frame: "resident" });
  assert.throws(
    () => lowerProgram(graph, plan, scheduled(schedules.v128)),
    /^CompileError: schedule v128 is for int8 networks; use --dtype int8 or --schedule blocked$/,
  );
});

test("cmsis-like asks for two expanded columns of 16 bits, and for none of a pointwise layer", () => {
  const { graph } = subject("in 8x8x3 | conv 5x5 4 | conv 1x1 4 | conv 3x3 4 g4", "int8", random(2));
  assert.deepEqual([...planNeeds(cmsisLike, graph).scratch], [["0.conv2d", 2 * 5 * 5 * 3 * 2]]);
});

test("cmsis-like keeps its columns inside the arena, aligned to a word", () => {
  const { graph } = subject("in 9x9x3 | conv 3x3 3 p1 | relu | maxpool 2", "int8", random(2));
  const plan = planMemory(graph, {
    strategy: "best-fit",
    frame: "resident",
    scratch: planNeeds(cmsisLike, graph).scratch,
  });
  const program = lowerProgram(graph, plan, cmsisLike);
  const offset = program.offsets.get("n0_conv2d_columns")!;
  assert.equal(offset % 4, 0);
  assert.ok(offset + 108 <= program.arenaBytes);
});

test("a schedule is its optimisations, each of which can be left out", () => {
  const rewrites = (list: Parameters<typeof scheduleOf>[0]): string[] =>
    scheduleOf(list)
      .rewrites("conv2d")
      .map(({ rewrite }) => rewrite);
  assert.deepEqual(rewrites([]), []);
  assert.deepEqual(rewrites(["hoist", "collapse"]), ["peelBorder", "collapse", "hoist", "share"]);
  assert.deepEqual(rewrites(["block", "hoist"]), ["block", "jam", "share", "hoist", "share"]);
  assert.equal(scheduleOf(["vectorize"]).lanes, 8);
});
