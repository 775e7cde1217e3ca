/** Sums kept in the arena from row to row, and rows written over the rows they follow from, change no byte. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { printKernel } from "../../src/loop/print.ts";
import { clangWasm } from "../support/cc.ts";
import { subject, type Way } from "../support/engines.ts";
import { random } from "../support/random.ts";
import { assemblyScript, cAsWasm, interpreter } from "../support/readers.ts";
import { assertAgrees, networkOf, trialsOf, type Trial } from "../support/trial.ts";

const pushed = (schedule: Way["schedule"]): Way => ({ schedule, strategy: "stream", frame: "pushed" });

/** Every network in int8 and float; schedules take turns. */
function trials(texts: readonly string[], schedules: readonly Way["schedule"][]): readonly Trial[] {
  const numbers = random(31);
  return texts.flatMap((text, i) =>
    (["int8", "f32"] as const).flatMap((dtype) => {
      const some = subject(text, dtype, numbers);
      const fitting = schedules.filter((name) => dtype === "int8" || !["v128", "cmsis-like"].includes(name));
      const way = pushed(fitting[i % fitting.length]!);
      return trialsOf(networkOf(some.text, some.graph, [some.input]), [way]);
    }),
  );
}

const accumulating = trials(
  [
    "in 12x6x3 | conv 3 9 p1 | relu | avgpool 12x6 | linear 4",
    "in 9x7x2 | conv 3 5 p1 | avgpool 9x3 s1x2 | linear 3",
    "in 9x7x2 | conv 3 5 p1 | avgpool 11x3 s1x2 p1 exclude | linear 3",
    "in 9x7x2 | conv 3 5 p1 | avgpool 11x3 s1x2 p1 | linear 3",
    "in 16x5x3 | conv 3 4 p1 | relu | flatten | linear 7",
    "in 16x3x3 | conv 3x3 5 | linear 1",
    "in 20x1x3 | linear 9 | relu | linear 2",
  ],
  ["plain", "blocked", "v128", "cmsis-like"],
);

const inPlace = trials(
  [
    "in 8x5x4 | as a | conv 3 4 p1 | add a | relu6 | conv 3 2",
    "in 8x5x4 | conv 1 4 | as a | conv 3 4 p1 | add a | maxpool 3 s1 p1 | clamp 0 1",
    "in 6x4x3 | maxpool 3 s1 p1 | clamp -1 1 | avgpool 3 s1 p1 | clamp -0.5 0.5",
  ],
  ["plain", "blocked", "v128"],
);

test("the networks accumulate", () => {
  for (const { what, program } of accumulating) {
    assert.ok(
      [...program.offsets.keys()].some((name) => name.endsWith("_sums")),
      what,
    );
  }
});

const joined = trials(
  [
    "in 9x8x4 | conv 1 4 | as s | conv 1 6 | as e | from s | conv 3 7 p1 | relu | concat e | conv 1 3",
    "in 9x8x4 | conv 1 6 | as s | maxpool 3 s1 p1 | as e | from s | avgpool 3 s1 p1 | as f | from s | conv 1 16 | concat e f | conv 1 2",
    "in 9x8x4 | conv 1 4 | as s | leaky | as e | from s | conv 3 9 p1 | sigmoid | concat e | maxpool 2",
    "in 4x4x3 | as s | adaptive 6x9 | as e | from s | conv 1 2 | adaptive 6x9 max | concat e | conv 1 1",
    "in 7x5x3 | as s | deconv 2 6 s2 | as e | from s | deconv 2 4 s2 | concat e | conv 1 1",
    "in 9x8x4 | conv 1 4 | as s | conv 1 5 | as e | from s | conv 1 5 | hardswish | concat w e | conv 3 2",
  ],
  ["plain", "blocked", "v128"],
);

test("the parts of these concatenations are written where they belong, and nothing is left to copy", () => {
  for (const { what, program } of joined) {
    const concat = program.kernels.find(({ layer }) => /concat$/.test(layer))!;
    assert.deepEqual(concat.body, [], what);
  }
});

const turning = trials(
  [
    `in 26x4x3 | ${Array.from({ length: 4 }, () => "conv 3 8 p1 g1 | relu | conv 1 8").join(" | ")} | linear 3`,
    "in 32x4x6 | conv 3 8 s1x2 p1 | conv 3 16 s2x1 p1 | relu | conv 3 16 p1 | as a | conv 3 16 p1 | add a | conv 3x1 4 | linear 2",
  ],
  ["plain", "blocked", "v128"],
);

test("some rings turn together", () => {
  for (const { what, program } of turning) {
    const text = program.kernels.map(printKernel).join("\n");
    assert.match(text, /\(?row(?: \* \d+)? \+ \d+\)? % \d+/, what);
  }
});

const all = [...accumulating, ...inPlace, ...turning];

test("the interpreter agrees", (t) => assertAgrees(t, all, interpreter));

test("AssemblyScript agrees", (t) => assertAgrees(t, all, assemblyScript));

test("C agrees", async (t) => {
  const clang = await clangWasm(t);
  const scalar = all.filter(({ what }) => !what.includes("v128"));
  if (clang) await assertAgrees(t, scalar, cAsWasm(clang));
});
